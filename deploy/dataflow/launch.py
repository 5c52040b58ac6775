"""What the Flex Template's launcher starts; the work is in the package."""

import sys

from pipeline.transforms.launch import main

sys.exit(main())
