import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))  # for dedup_desk and dedup_stories
