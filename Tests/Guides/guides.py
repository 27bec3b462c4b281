"""The guides of the project, README.md and the Markdown of the DocC catalogs, as blocks of code.

A comment on the line above a block says what a reader need not see:

    <!-- given: cache: SignalCache, signal: Signal -->   parameters that a Swift block is compiled with
    <!-- import Logging given: logger: Logger -->        the same, with modules that only they need
    <!-- run -->                                         a shell or Python block that runs against a Redis of its own
    <!-- run with serve -->                              the same with `usdcop serve` beside it
"""

import dataclasses
import functools
import json
import os
import pathlib
import platform
import re
import shlex
import subprocess
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("USDCOP_TEST_PROGRAM") or ROOT / ".build/debug/usdcop")
CATALOGS = sorted((ROOT / "Sources").glob("*/*.docc"))
GUIDES = [ROOT / "README.md", ROOT / "scripts/docker/README.md"] + sorted(page for catalog in CATALOGS for page in catalog.rglob("*.md"))


@dataclasses.dataclass
class Block:
    """A fenced block: where its first line stands, and what the comment above it says."""

    page: pathlib.Path
    line: int
    language: str
    text: str
    remark: str

    def __str__(self):
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page, *languages):
    """The blocks of a page in some languages, in their order."""
    found, remark, open_block = [], "", None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if open_block is not None:
            if line.strip() == "```":
                open_block.text = textwrap.dedent(open_block.text)
                found.append(open_block)
                open_block, remark = None, ""
            else:
                open_block.text += line + "\n"
        elif match := re.fullmatch(r" *```(\w+)", line):
            open_block = Block(page, number + 1, match[1], "", remark)
        elif line.strip():
            match = re.fullmatch(r" *<!-- (.+) -->", line)
            remark = match[1] if match else ""
    assert open_block is None, f"{open_block} never ends"
    return [block for block in found if block.language in languages]


def all_blocks(*languages):
    return [block for page in GUIDES for block in blocks(page, *languages)]


# Swift


def swift_file(block, imports):
    """A block as a Swift file: a function around it unless it extends something, and its guide's imports up to it in front."""
    lines = block.text.splitlines()
    for index, line in enumerate(lines):
        if re.match(r"import \w+$", line):
            imports.add(line)
            lines[index] = ""
    body = "\n".join(lines).replace("@main ", "")
    head = "; ".join(sorted(imports | set(re.findall(r"import \w+", block.remark))))
    place = f'#sourceLocation(file: "{block.page}", line: {block.line})'
    if re.search(r"^(public )?(extension|protocol) ", body, re.MULTILINE):
        return f"{head}\n{place}\n{body}\n"
    given = block.remark.partition("given: ")[2]
    return f"{head}\nfunc block{block.line}{block.page.stem.replace('-', '')}({given}) async throws {{\n{place}\n{body}\n}}\n"


def tool(name):
    """A program of the Swift toolchain."""
    return ["xcrun", name] if platform.system() == "Darwin" else [name]


def module_flags():
    """What a compiler needs to find the modules that were built and the C modules under them."""
    build, checkouts = PROGRAM.parent, ROOT / ".build/checkouts"
    maps = [*build.glob("*.build/module.modulemap"), *checkouts.glob("*/Sources/*/include/module.modulemap")]
    maps += (ROOT / "Sources").glob("*/module.modulemap")
    said = subprocess.run(["pkg-config", "--cflags", "hiredis", "libpq", "libcurl"], capture_output=True, text=True, check=True)
    clang = [f"-fmodule-map-file={path}" for path in maps] + shlex.split(said.stdout)
    return ["-I", str(build / "Modules")] + [flag for each in clang for flag in ("-Xcc", each)]


# Command lines


def statements(text):
    """The commands of a shell text as lists of words; what is quoted over several lines is one word."""
    pending = ""
    for line in text.splitlines():
        pending += line.removesuffix("\\") + ("" if line.endswith("\\") else "\n")
        if line.endswith("\\"):
            continue
        lexer = shlex.shlex(pending, posix=True, punctuation_chars="|&;()<>")
        lexer.whitespace_split = True
        try:
            words = list(lexer)
        except ValueError:  # a quotation goes on
            continue
        pending, command = "", []
        for word in words + [";"]:
            if word and set(word) <= set("|&;()"):
                if command:
                    yield command
                command = []
            else:
                command.append(word)


def calls(text):
    """What the commands of a shell text hand to usdcop, directly, through scripts/run or `swift run`, or within `bash -c`."""
    for command in statements(text):
        while re.match(r"\w+=|sudo$|exec$|\{$|!$|-", command[0]) and len(command) > 1:
            command = command[2:] if command[0] == "-u" else command[1:]
        if "-c" in command[:-1] and "bash" in command:
            yield from calls(command[command.index("-c") + 1])
        if command[:2] == ["swift", "run"] and len(command) > 2:
            command = command[2:]
        if command[0] == "usdcop" or command[0].endswith(("/usdcop", "scripts/run")):
            cut = next((place for place, each in enumerate(command) if set(each) <= set("<>")), len(command))
            yield command[1:cut] or (["serve"] if command[0].endswith("scripts/run") else [])


@functools.cache
def command_tree():
    said = subprocess.run([PROGRAM, "--experimental-dump-help"], capture_output=True, text=True, check=True)
    return json.loads(said.stdout)["command"]


def problem_with(arguments, command):
    """Why the program would not take these arguments; None when it would."""
    positionals, words = 0, list(arguments)
    while words:
        word = words.pop(0)
        names = {f"{'--' if name['kind'] == 'long' else '-'}{name['name']}": each for each in command["arguments"] for name in each.get("names", [])}
        children = {each["commandName"]: each for each in command.get("subcommands", [])}
        if re.match(r"--?[a-z]", word):
            name, _, value = word.partition("=")
            if name not in names:
                return f"{command['commandName']} has no {name}"
            if names[name]["kind"] == "option" and not value and (not words or not words.pop(0)):
                return f"{name} needs a value"
        elif children and word in children:
            command = children[word]
        elif children:
            return f"{command['commandName']} has no {word}"
        else:
            positionals += 1
    takes = [each for each in command["arguments"] if each["kind"] == "positional"]
    if "help" in arguments or "--help" in arguments:
        return None
    if positionals > len(takes) and not any(each["isRepeating"] for each in takes):
        return f"{command['commandName']} takes {len(takes)} arguments and not {positionals}"
    if positionals < sum(not each["isOptional"] for each in takes):
        return f"{command['commandName']} needs more arguments"
    return None
