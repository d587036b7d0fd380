# say.py: tells on standard error how far the benchmark is.
# SPDX-License-Identifier: GPL-3.0-or-later

import sys


def say(text):
    print(text, file=sys.stderr, flush=True)
