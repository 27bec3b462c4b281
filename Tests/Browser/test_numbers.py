"""Every number on the page can be reproduced by the redis-cli line that it shows."""

import collections
import json
import math
import re
import subprocess

from processes import until
from pages import DEEP


#: Figures with their lines, by the element that shows them. An entry of the trail has a line for the whole of it, and no value.
FIGURES = f"""() => {{ {DEEP}
    return all(document).filter((one) => (one.dataset?.redisCli || one.dataset?.value !== undefined) && !one.dataset.event && one.checkVisibility())
        .map((one) => [one.getRootNode().host.localName, one.dataset.redisCli ?? null, one.dataset.redisField ?? null, one.dataset.value ?? null,
            one.textContent, 'ofProcess' in one.dataset]);
}}"""
#: What looks like a figure, and says nothing of where it comes from.
BARE = f"""() => {{ {DEEP}
    return all(document).filter((one) => one.matches('.figures dd, .summary dd, .lead dd, .row > dd:nth-child(2), usdcop-latency-chart td.n, .change')
        && one.checkVisibility() && !['', '–'].includes(one.textContent) && one.dataset.value === undefined).map((one) => one.outerHTML);
}}"""


def shell(line):
    """What somebody at a shell would do; what Redis refuses goes to the standard error and ends the line as a failure, also in front of a pipe."""
    strict = re.sub(r"\bredis-cli ", "redis-cli -e ", line)
    return subprocess.run(["bash", "-o", "pipefail", "-c", strict], capture_output=True, text=True, timeout=20, check=False)


def run(line):
    answer = shell(line)
    # A grep that counts nothing says 0, and calls that a failure.
    assert not answer.stderr and (answer.returncode == 0 or answer.stdout), (line, answer)
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
        same = printed in (None, "")
    elif isinstance(printed, (int, float)) and not isinstance(printed, bool):
        same = math.isclose(float(value), printed, rel_tol=1e-9)
    else:
        same = str(printed).lower() == value.lower()
    return None if same else (line, field, value, words, printed)


#: How many figures each element shows of the desk that `Desk.fill` fills, with its tables open: none may lose its line unnoticed.
EXPECTED = {
    # Price, change, confidence and six counts.
    "usdcop-signals": 9,
    # Two that lead, five more, how many positions and their sum, five for each of them, one custom metric.
    "usdcop-portfolio": 2 + 5 + 2 + 2 * 5 + 1,
    "usdcop-system-health": 4,
    "usdcop-service-card": 5,
    # Four and the samples; seven for the one operation. Four more for every interval.
    "usdcop-latency-chart": 5 + 7,
    "usdcop-audit-log": 2,
    "usdcop-backend": 11,
}


def test_the_lines_print_what_the_page_shows(filled, visit):
    page = visit(filled.address)
    for summary in page.locator("usdcop-latency-chart summary:visible").all():
        summary.click()
    page.wait_for_function("() => document.querySelector('usdcop-audit-log').shadowRoot.querySelector('.verdict [data-value]')")
    page.wait_for_function("() => document.querySelector('usdcop-signals').shadowRoot.querySelector('.counts [data-value]')")
    counts = collections.Counter(name for name, *_ in page.evaluate(FIGURES))
    intervals = page.locator("usdcop-latency-chart [aria-label='Latency over time'] tbody tr").count()
    assert intervals >= 2 and counts == EXPECTED | {"usdcop-latency-chart": EXPECTED["usdcop-latency-chart"] + 4 * intervals}
    assert page.evaluate(BARE) == []
    wrong = []

    def agree():
        figures = page.evaluate(FIGURES)
        wrong[:] = [figure for figure in figures if not figure[1] and not figure[5]]
        wrong.extend(found for _, line, field, value, words, _ in figures if line and (found := differs(line, field, value, words)))
        return not wrong

    # The look at the page counts as reads of the cache, and such figures come every five seconds.
    try:
        until(agree, 30)
    except AssertionError:
        assert wrong == []
        # It was a line that failed.
        raise


def test_the_listed_lines_run_and_print_something(filled, visit):
    page = visit(filled.address)
    lines = page.evaluate(f"() => {{ {DEEP} return all(document).filter((one) => one.dataset?.redisCliLine).map((one) => one.textContent); }}")
    assert len(lines) >= 8
    for line in sorted(set(lines)):
        answer = shell(line)
        assert answer.returncode == 0 and answer.stdout.strip() and not answer.stderr, (line, answer)
