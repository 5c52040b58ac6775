import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

sys.path.append(str(HERE))  # for golden_pairs and encoding_samples
sys.path.append(str(HERE.parents[1] / "benchmarks"))  # for html_pages, whose scores are a test's floor
