"""Every number on the page can be reproduced by the redis-cli line that it shows."""

import json
import math
import subprocess

from processes import until
from pages import DEEP


FIGURES = f"""() => {{ {DEEP}
    return all(document).filter((one) => one.dataset?.redisCli && one.checkVisibility())
        .map((one) => [one.dataset.redisCli, one.dataset.redisField ?? null, one.dataset.value ?? null, one.textContent]);
}}"""


def run(line):
    """What somebody at a shell would do."""
    answer = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=20, check=False)
    assert answer.returncode == 0 or answer.stdout, (line, answer.stderr)
    return answer.stdout.strip()


def value_of(printed, field):
    text = printed
    if field:
        value = json.loads(printed)
        for part in field.split("."):
            value = value[int(part)] if isinstance(value, list) else value.get(part)
        return value
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.strip('"')


def differs(line, field, value, words):
    """What a line prints where that is not what the page shows; else nothing."""
    printed = value_of(run(line), field)
    if value is None:
        # A line without a field shows an entry as a whole.
        same = field is None or printed in (None, "")
    elif isinstance(printed, (int, float)) and not isinstance(printed, bool):
        same = math.isclose(float(value), printed, rel_tol=1e-9)
    else:
        same = str(printed).lower() == value.lower()
    return None if same else (line, field, value, words, printed)


def test_the_lines_print_what_the_page_shows(filled, visit):
    page = visit(filled.address)
    assert len(page.evaluate(FIGURES)) >= 20, "there are figures to check"
    wrong = []

    def agree():
        wrong[:] = [found for figure in page.evaluate(FIGURES) if (found := differs(*figure))]
        return not wrong

    # The look at the page counts as reads of the cache, and such figures come every five seconds.
    try:
        until(agree, 30)
    except AssertionError:
        assert wrong == []


def test_the_listed_lines_run_and_print_something(filled, visit):
    page = visit(filled.address)
    lines = page.evaluate(f"() => {{ {DEEP} return all(document).filter((one) => one.dataset?.redisCliLine).map((one) => one.textContent); }}")
    assert len(lines) >= 8
    for line in sorted(set(lines)):
        answer = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=20, check=False)
        assert answer.stdout.strip() and "ERR" not in answer.stdout, (line, answer)
