"""The table of the README."""

from typing import Any

GOALS = {
    "customer list": 1.5,
    "customer page": 1.5,
    "Today": 1.5,
    "Today, everybody's": 1.5,
    "log a follow-up": 1.2,
}


def _against(figure: dict[str, float]) -> str:
    return f"{figure['to_bare']:.2f} × ({figure['ms']:.1f} ms)"


def table(found: dict[str, Any]) -> str:
    """Markdown: one line per figure, with its goal, on each database."""
    databases = [name for name in ("SQLite", "PostgreSQL") if name in found]
    lines = [["", "goal", *databases], ["---", "---", *("---" for _ in databases)]]

    def line(label: str, goal: str, value: Any) -> None:
        values = []
        for name in databases:
            try:
                values.append(str(value(found[name])))
            except KeyError:
                values.append("–")
        if set(values) != {"–"}:
            lines.append([label, goal, *values])

    for page, goal in GOALS.items():
        line(
            f"{page}: CPU time against the bare page",
            f"≤ {goal} ×",
            lambda data, page=page: f"{data['pages'][page]['to_bare']:.2f} × ({data['pages'][page]['few_ms']:.1f} ms)",
        )
    line("the bare page itself", "", lambda data: f"{data['pages']['bare page']['few_ms']:.1f} ms")
    for page in GOALS:
        if page == "Today":
            continue  # a user's own day is longer in a larger firm; everybody's fills the page in both
        line(
            f"{page}: {found['large']:,} customers against {found['small']:,}",
            "≤ 1.3 ×",
            lambda data, page=page: f"{data['pages'][page]['many_to_few']:.2f} ×",
        )
    for label, goal, name in (
        ("public page: CPU time against the bare page", "≤ 0.7 ×", "public page"),
        ("answering, with recovery and receipt (POST, durable)", "≤ 1.2 ×", "answer"),
    ):
        line(label, goal, lambda data, name=name: _against(data["answers"][name]))
    line(
        "answers per second against bare one-row POSTs, two web processes",
        "≥ 0.5",
        lambda data: "{share} ({answers_per_second}/s; 99 of 100 within {p99_ms} ms)".format(**data["answers"]),
    )
    line(
        "importing against csv and executemany",
        "≤ 10 ×",
        lambda data: "{ratio} × ({ours_s:.1f} s for {rows:,} rows)".format(**data["import"]),
    )
    line(
        "results of a survey: {answers:,} answers against 1,000".format(answers=10 * found["large"]),
        "≤ 1.5 ×",
        lambda data: "{many_to_few:.2f} × ({many_ms:.1f} ms)".format(**data["results"]["results of a survey"]),
    )
    line(
        f"invitations queued for a list of {found['large']:,}",
        "≥ 5,000 per second",
        lambda data: "{per_second:,} per second".format(**data["invitations"]),
    )
    line(
        "one of them, against a list a tenth as long",
        "≤ 1.3 ×",
        lambda data: "{many_to_few} ×".format(**data["invitations"]),
    )
    line(
        f"playbooks started by an import of {found['large']:,} purchases, against the import itself",
        "≤ 2 ×",
        lambda data: "{to_import} × ({starting} s; {all_to_import} × with the {made:,} steps due at once)".format(
            **data["playbooks"]
        ),
    )
    line(
        "one of them, against an import a tenth as long",
        "≤ 1.3 ×",
        lambda data: "{many_to_few} ×".format(**data["playbooks"]),
    )
    for page in ("Today", "customer list", "customer page"):
        line(
            f"{page}: first load, compressed, all files",
            "≤ 45 KB",
            lambda data, page=page: f"{data['weight'][page]} KB",
        )
    line("the quick log as a fragment", "≤ 5 KB", lambda data: f"{data['weight']['quick log']} KB")
    line("memory (PSS) of web and worker", "≤ 200 MB", lambda data: f"{data['memory']} MB")
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"
