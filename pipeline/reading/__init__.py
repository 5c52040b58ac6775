"""InputSplit -> RawDocument | DeadLetter ... SplitEnd: the bytes of every record, and one dead letter for each that cannot be read.

Nothing here decodes or interprets a record. A failure costs the records that it makes unreadable and no others.
"""

from pipeline.reading.letters import excerpt
from pipeline.reading.read import read

__all__ = ["excerpt", "read"]
