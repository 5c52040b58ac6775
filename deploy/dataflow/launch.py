"""What the Flex Template's launcher starts; the work is in the package."""

import sys

from pipeline.launch import main

sys.exit(main())
