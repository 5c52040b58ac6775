# mypy: disable-error-code="untyped-decorator"
"""XXH3-64 (the hash of Yann Collet's xxHash 0.8, seed 0) as compiled code, for many short slices of one buffer.

Needs numba; `kernel` calls it. numba's cache does not notice a change in a file that a cached function only calls into: whoever changes
this file raises `HELPERS_VERSION` in `kernel` too, which makes the cache of that file stale.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numba as nb
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic as _intrinsic

__all__ = ["READ8", "xxh3_64"]

u64 = np.uint64
intrinsic: Callable[[Callable[..., Any]], Callable[..., Any]] = _intrinsic
"""As compiled code sees it: without the typing context in the call."""

READ8 = types.Array(types.uint8, 1, "C", readonly=True)
# The default secret of XXH3 (BSD-2-Clause, Yann Collet), as the 64-bit word at each of its byte offsets.
_SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
    "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364ea"
    "c5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e"
)
_S = np.array([struct.unpack_from("<Q", _SECRET, i)[0] for i in range(len(_SECRET) - 7)], np.uint64)
P32_1, P32_2, P32_3 = u64(0x9E3779B1), u64(0x85EBCA77), u64(0xC2B2AE3D)
P64_1, P64_2, P64_3 = u64(0x9E3779B185EBCA87), u64(0xC2B2AE3D27D4EB4F), u64(0x165667B19E3779F9)
P64_4, P64_5 = u64(0x85EBCA77C2B2AE63), u64(0x27D4EB2F165667C5)
MX1, MX2 = u64(0x165667919E3779F9), u64(0x9FB21C651E98DF25)


@intrinsic
def _load64(typing_context: Any, data: Any, index: Any) -> Any:
    """Eight bytes at any offset as a little-endian number."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        address = builder.bitcast(builder.gep(array.data, [arguments[1]]), ir.IntType(64).as_pointer())
        return builder.load(address, align=1)

    return types.uint64(data, types.int64), generate


@intrinsic
def _load32(typing_context: Any, data: Any, index: Any) -> Any:
    """Four bytes at any offset as a little-endian number."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        address = builder.bitcast(builder.gep(array.data, [arguments[1]]), ir.IntType(32).as_pointer())
        return builder.zext(builder.load(address, align=1), ir.IntType(64))

    return types.uint64(data, types.int64), generate


@intrinsic
def _fold128(typing_context: Any, a: Any, b: Any) -> Any:
    """The two halves of the 128-bit product, one XOR the other."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(builder.zext(arguments[0], wide), builder.zext(arguments[1], wide))
        high = builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))
        return builder.xor(builder.trunc(product, ir.IntType(64)), high)

    return types.uint64(types.uint64, types.uint64), generate


@nb.njit
def _avalanche(h: Any) -> Any:
    h = (h ^ (h >> u64(37))) * MX1
    return h ^ (h >> u64(32))


@nb.njit
def _avalanche_short(h: Any) -> Any:
    h = (h ^ (h >> u64(33))) * P64_2
    h = (h ^ (h >> u64(29))) * P64_3
    return h ^ (h >> u64(32))


@nb.njit
def _mix16(data: Any, at: Any, low: Any, high: Any) -> Any:
    return _fold128(_load64(data, at) ^ low, _load64(data, at + 8) ^ high)


@nb.njit
def _swap(x: Any) -> Any:
    x = ((x & u64(0x00FF00FF00FF00FF)) << u64(8)) | ((x >> u64(8)) & u64(0x00FF00FF00FF00FF))
    x = ((x & u64(0x0000FFFF0000FFFF)) << u64(16)) | ((x >> u64(16)) & u64(0x0000FFFF0000FFFF))
    return (x << u64(32)) | (x >> u64(32))


@nb.njit
def _xxh3_to_16(data: Any, at: Any, length: Any) -> Any:
    size = u64(length)
    if length > 8:
        low = _load64(data, at) ^ (_S[24] ^ _S[32])
        high = _load64(data, at + length - 8) ^ (_S[40] ^ _S[48])
        return _avalanche(size + _swap(low) + high + _fold128(low, high))
    if length >= 4:
        both = _load32(data, at + length - 4) + (_load32(data, at) << u64(32))
        h = both ^ (_S[8] ^ _S[16])
        h ^= ((h << u64(49)) | (h >> u64(15))) ^ ((h << u64(24)) | (h >> u64(40)))
        h *= MX2
        h ^= (h >> u64(35)) + size
        h *= MX2
        return h ^ (h >> u64(28))
    if length > 0:
        first, middle, last = u64(data[at]), u64(data[at + (length >> 1)]), u64(data[at + length - 1])
        combined = (first << u64(16)) | (middle << u64(24)) | last | (size << u64(8))
        return _avalanche_short(combined ^ ((_S[0] & u64(0xFFFFFFFF)) ^ (_S[4] & u64(0xFFFFFFFF))))
    return _avalanche_short(_S[56] ^ _S[64])


@nb.njit
def _add_stripe(sums: Any, data: Any, at: Any, secret: Any) -> None:
    for i in range(8):
        value = _load64(data, at + 8 * i)
        key = value ^ _S[secret + 8 * i]
        sums[i ^ 1] += value
        sums[i] += (key & u64(0xFFFFFFFF)) * (key >> u64(32))


@nb.njit
def _xxh3_long(data: Any, at: Any, length: Any) -> Any:
    sums = np.empty(8, np.uint64)
    sums[0], sums[1], sums[2], sums[3] = P32_3, P64_1, P64_2, P64_3
    sums[4], sums[5], sums[6], sums[7] = P64_4, P32_2, P64_5, P32_1
    blocks = (length - 1) // 1024
    for block in range(blocks):
        for stripe in range(16):
            _add_stripe(sums, data, at + 1024 * block + 64 * stripe, 8 * stripe)
        for i in range(8):
            sums[i] = (sums[i] ^ (sums[i] >> u64(47)) ^ _S[128 + 8 * i]) * P32_1
    for stripe in range(((length - 1) - 1024 * blocks) // 64):
        _add_stripe(sums, data, at + 1024 * blocks + 64 * stripe, 8 * stripe)
    _add_stripe(sums, data, at + length - 64, np.int64(121))
    h = u64(length) * P64_1
    for i in range(4):
        h += _fold128(sums[2 * i] ^ _S[11 + 16 * i], sums[2 * i + 1] ^ _S[19 + 16 * i])
    return _avalanche(h)


@nb.njit
def xxh3_64(data: Any, at: Any, length: Any) -> Any:
    """XXH3-64 with seed 0 of `length` bytes from `at` on."""
    if length <= 16:
        return _xxh3_to_16(data, at, length)
    end = at + length
    h = u64(length) * P64_1
    if length <= 128:
        if length > 32:
            if length > 64:
                if length > 96:
                    h += _mix16(data, at + 48, _S[96], _S[104]) + _mix16(data, end - 64, _S[112], _S[120])
                h += _mix16(data, at + 32, _S[64], _S[72]) + _mix16(data, end - 48, _S[80], _S[88])
            h += _mix16(data, at + 16, _S[32], _S[40]) + _mix16(data, end - 32, _S[48], _S[56])
        return _avalanche(h + _mix16(data, at, _S[0], _S[8]) + _mix16(data, end - 16, _S[16], _S[24]))
    if length > 240:
        return _xxh3_long(data, at, length)
    for i in range(8):
        h += _mix16(data, at + 16 * i, _S[16 * i], _S[16 * i + 8])
    h = _avalanche(h)
    for i in range(8, length // 16):
        h += _mix16(data, at + 16 * i, _S[16 * i - 125], _S[16 * i - 117])
    return _avalanche(h + _mix16(data, end - 16, _S[119], _S[127]))
