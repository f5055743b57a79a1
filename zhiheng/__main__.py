"""`python -m zhiheng`."""

import sys

from zhiheng.main import main

sys.exit(main())
