"""What the guides say is so: their Swift compiles, their commands exist, their examples run, their links lead somewhere."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
import redis

import guides
from guides import CATALOGS, GUIDES, PROGRAM, ROOT, all_blocks, blocks
from processes import RedisServer, end, free_port, until

SHELL = ("sh", "bash")
SITE = ROOT / ".build/guides"


def run(arguments, **options):
    return subprocess.run([str(each) for each in arguments], capture_output=True, text=True, timeout=300, **options)


def guide(name):
    return next(page for page in GUIDES if page.name == name).read_text()


def source(pattern):
    """All Swift files that a pattern means, as one text."""
    return "\n".join(path.read_text() for path in sorted((ROOT / "Sources").glob(pattern)))


# Code


def test_swift_compiles(tmp_path):
    files = []
    for page in GUIDES:
        imports = set()
        for block in blocks(page, "swift"):
            files.append(tmp_path / f"{len(files):03}.swift")
            files[-1].write_text(guides.swift_file(block, imports))
    assert files
    flags = ["-typecheck", "-parse-as-library", "-swift-version", "6", "-suppress-warnings", "-module-name", "Guides"]
    said = run(guides.tool("swiftc") + flags + guides.module_flags() + files)
    assert said.returncode == 0, said.stderr


@pytest.mark.parametrize("block", all_blocks(*SHELL), ids=str)
def test_commands_exist(block):
    assert run(["bash", "-n", "-c", block.text]).returncode == 0
    tree = guides.command_tree()
    for arguments in guides.calls(block.text):
        problem = guides.problem_with(arguments, tree)
        assert problem is None, f"usdcop {' '.join(arguments)}: {problem}"


@pytest.mark.parametrize("block", all_blocks("python", "json"), ids=str)
def test_other_languages_parse(block):
    json.loads(block.text) if block.language == "json" else compile(block.text, str(block.page), "exec")


# Examples


class Desk:
    """A private redis-server and, when asked for, the service on it."""

    def __init__(self, directory, serves):
        self.directory, self.processes = directory, []
        self.http = free_port()
        server = RedisServer(directory, "--appendonly", "yes")
        self.processes.append(server.process)
        tools = directory / "bin"
        tools.mkdir()
        (tools / "usdcop").symlink_to(PROGRAM)
        # Errors count, and an address that a block leaves out is this server's.
        (tools / "redis-cli").write_text(f'#!/bin/sh\nexec {shutil.which("redis-cli")} -e -u "$REDIS_URL" "$@"\n')
        (tools / "redis-cli").chmod(0o755)
        self.environment = {
            "PATH": f"{tools}:{pathlib.Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin", "HOME": str(directory),
            "REDIS_URL": server.url, "USDCOP_STATE_DIR": str(directory / "state"),
            "POSTGRES_URL": "", "TRADING_API_URL": "", "ML_ANALYTICS_URL": "", "PIPELINE_API_URL": "", "WS_URL": "",
        }  # fmt: skip
        if serves:
            self.start(PROGRAM, "serve", "--port", self.http)
            until(lambda: answers(f"http://127.0.0.1:{self.http}/readyz"))

    def start(self, *command):
        words = [str(word) for word in command]
        self.processes.append(
            subprocess.Popen(words, cwd=self.directory, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )

    def run(self, block):
        text = block.text.replace("127.0.0.1:8090", f"127.0.0.1:{self.http}").replace("./scripts/run ", "usdcop ")
        text = text.replace("./scripts/", f"{ROOT}/scripts/").replace("swift run ", f"{PROGRAM.parent}/")
        command = [sys.executable, "-c", text] if block.language == "python" else ["bash", "-euo", "pipefail", "-c", text]
        return run(command, cwd=self.directory, env=self.environment)

    def end(self):
        for process in reversed(self.processes):
            end(process)


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=5).status == 200
    except OSError:
        return False


@pytest.mark.parametrize("page", [page for page in GUIDES if "<!-- run" in page.read_text()], ids=lambda page: page.stem)
def test_examples_run(page, tmp_path):
    """In the order of the page, on one server, as a reader would."""
    examples = [block for block in blocks(page, *SHELL, "python") if block.remark.startswith("run")]
    desk = Desk(tmp_path, any("serve" in block.remark for block in examples))
    try:
        for block in examples:
            said = desk.run(block)
            assert said.returncode == 0, f"{block}\n{said.stdout}\n{said.stderr}"
    finally:
        desk.end()


def test_passwords_of_redis_users_are_made_as_the_guide_says(tmp_path):
    """Each user has its own, whichever is made last, and the one that everybody can read in the project is gone."""
    page = ROOT / "scripts/docker/README.md"
    (tmp_path / "scripts/docker").mkdir(parents=True)
    (tmp_path / ".local/secrets").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/docker/users.acl", tmp_path / "scripts/docker")
    recipes = [block for block in blocks(page, *SHELL) if block.remark == "check users"]
    assert len(recipes) == 2
    for block in recipes:
        said = run(["bash", "-euo", "pipefail", "-c", block.text], cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "password": "of-the-reader"})
        assert said.returncode == 0, said.stderr
    password = (tmp_path / ".local/secrets/redis-password").read_text()
    assert (tmp_path / ".env").read_text() == "USDCOP_REDIS_USERS=./.local/secrets/users.acl\n"
    server = RedisServer(tmp_path, "--aclfile", tmp_path / ".local/secrets/users.acl")
    try:
        for user, secret, enters in [
            ("usdcop", password, True), ("usdcop-reader", "of-the-reader", True), ("usdcop", "usdcop-development", False),
            ("usdcop-reader", password, False), ("usdcop", "of-the-reader", False), ("usdcop-trail", "of-the-reader", False),
            ("usdcop-administrator", password, False), ("default", "", False),
        ]:  # fmt: skip
            client = redis.Redis(port=server.port, username=user, password=secret)
            try:
                assert client.ping() and enters, user
            except redis.exceptions.AuthenticationError:
                assert not enters, user
    finally:
        end(server.process)


# Links and names


def test_links_of_the_catalogs_lead_somewhere(tmp_path):
    """DocC knows; a room may link to those below it. What it says of undocumented parameters is by choice. Leaves a website behind."""
    target = json.loads(run(guides.tool("swiftc") + ["-print-target-info"]).stdout)["target"]["triple"]
    archives, findings = [], []
    order = ["Hiredis", "CacheServices", "LoggingServices", "HealthServices", "DashboardServer", "usdcop"]
    assert sorted(order) == sorted(catalog.stem for catalog in CATALOGS)
    for room in order:
        graphs, archive = tmp_path / room, tmp_path / f"{room}.doccarchive"
        graphs.mkdir()
        flags = ["-module-name", room, "-target", target, "-minimum-access-level", "public", "-skip-synthesized-members"]
        said = run(guides.tool("swift-symbolgraph-extract") + flags + ["-output-dir", graphs] + guides.module_flags())
        assert said.returncode == 0, said.stderr
        flags = ["--additional-symbol-graph-dir", graphs, "--output-path", archive, "--ide-console-output"]
        for below in archives:
            flags += ["--dependency", below]
        said = run(guides.tool("docc") + ["convert", ROOT / f"Sources/{room}/{room}.docc", "--enable-experimental-external-link-support"] + flags)
        assert said.returncode == 0, said.stderr
        archives.append(archive)
        said = [line for line in (said.stdout + said.stderr).splitlines() if re.search(r": (warning|error): ", line)]
        findings += [line for line in said if "is missing documentation" not in line]
    assert not findings, "\n".join(findings)
    shutil.rmtree(SITE, ignore_errors=True)
    said = run(guides.tool("docc") + ["merge", *archives, "--synthesized-landing-page-name", "usdcop", "--output-path", SITE])
    assert said.returncode == 0, said.stderr


def test_links_to_files_lead_somewhere():
    for page in GUIDES:
        for link in re.findall(r"\]\((?!\w+:|#|<)([^)#\s]+)", page.read_text()):
            found = (page.parent / link).exists() or any((page.parent / "Resources").glob(f"{link}.*"))
            assert found, f"{page}: {link}"


def test_variables_exist():
    known = run([PROGRAM, "serve", "--help"]).stdout + (ROOT / "docker-compose.yml").read_text() + (ROOT / "scripts/test").read_text()
    known = set(re.findall(r"[A-Z][A-Z_]+", known))
    for page in GUIDES:
        for name in re.findall(r"\b(?:USDCOP|REDIS|SMTP|LOG|CACHE)_[A-Z_]*[A-Z]\b(?!…)", page.read_text()):
            assert name in known, f"{page}: {name}"


def test_metrics_exist():
    known = source("*/**/*.swift")
    for page in GUIDES:
        for name in re.findall(r"\busdcop_[a-z_]+[a-z]\b", page.read_text()):
            assert re.sub(r"_(bucket|sum|count)$", "", name) in known, f"{page}: {name}"


# What must not be left out


def test_every_variable_is_told():
    help_text = run([PROGRAM, "serve", "--help"]).stdout
    variables = set(re.findall(r"[(]([A-Z][A-Z_]+),\s+default", re.sub(r"\s+", " ", help_text)))
    variables |= set(re.findall(r"^  ([A-Z][A-Z_]+):", help_text, re.MULTILINE))
    assert len(variables) > 30
    missing = {name for name in variables if f"`{name}`" not in guide("Configuration.md")}
    assert not missing


def test_every_route_is_told():
    routes = set(re.findall(r'Route\(\s*"(/[^"]*)"', source("DashboardServer/**/*.swift")))
    assert len(routes) > 15
    missing = {route for route in routes if f"`{route}`" not in guide("HTTPAPI.md")}
    assert not missing


def test_every_warning_and_reason_is_told():
    codes = re.findall(r'case \w+ = "(\w+)"', source("Hiredis/Server/RedisServerInfo+Warnings.swift")) + ["memory_backend"]
    codes += re.findall(r"case (\w+)$", source("DashboardServer/Health/Readiness.swift"), re.MULTILINE)
    codes += re.findall(r'case \w+ = "(\w+)"', source("DashboardServer/Health/Readiness.swift"))
    assert len(codes) >= 12
    missing = {code for code in codes if f"`{code}`" not in guide("Deployment.md")}
    assert not missing


def test_every_alert_has_a_runbook():
    alerts = re.findall(r"alert: (\w+)", (ROOT / "scripts/docker/prometheus/usdcop.rules.yml").read_text())
    assert len(alerts) > 10
    missing = {alert for alert in alerts if f"`{alert}`" not in guide("Runbooks.md")}
    assert not missing


def test_every_kind_of_break_is_told():
    text = source("LoggingServices/Audit/Verification/AuditBreak.swift").split("enum Kind")[1].split("struct Place")[0]
    kinds = {raw or name for name, raw in re.findall(r'case (\w+)(?: = "(\w+)")?', text)}
    assert len(kinds) == 14
    missing = {kind for kind in kinds if f"`{kind}`" not in guide("ProvingTheTrail.md")}
    assert not missing
