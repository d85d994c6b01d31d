#!/usr/bin/env python3
"""Runs the code blocks of a page that are marked with a word, each in the present folder.

    doc-blocks.py PAGE WORD COMMAND...   runs COMMAND for each block, with the block on its standard input

A block is marked on its first line, after the language: ```sh parallel
"""

import pathlib
import re
import subprocess
import sys

page, word, *command = sys.argv[1:]
text = pathlib.Path(page).read_text(encoding="utf-8")
blocks = re.findall(rf"^```\w+ {re.escape(word)}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
if not blocks:
    sys.exit(f"{page} has no block marked {word!r}")
for block in blocks:
    done = subprocess.run(command, input=block, text=True, timeout=120)
    if done.returncode != 0:
        sys.exit(f"{page}: this block failed with exit code {done.returncode}:\n{block}")
print(f"{page}: {len(blocks)} blocks marked {word!r} ran")
