"""The kinds of events, by family: what the timeline and the audit trail can be narrowed to."""

FAMILIES: dict[str, tuple[str, ...]] = {
    "touches": ("follow_up.logged", "follow_up.planned", "follow_up.moved", "follow_up.dropped", "follow_up.undone"),
    "promises": (
        "commitment.made",
        "commitment.kept",
        "commitment.broken",
        "commitment.renegotiated",
        "commitment.withdrawn",
        "commitment.reopened",
    ),
    "purchases": ("purchase.recorded", "purchase.changed", "purchase.voided", "purchase.restored"),
    "answers": (
        "survey.asked",
        "survey.reminded",
        "survey.taken_back",
        "survey.opted_out",
        "survey.opted_in",
        "response.received",
        "response.corrected",
        "response.completed",
        "response.quarantined",
        "response.accepted",
        "response.dismissed",
        "response.disavowed",
        "referral.given",
    ),
    "changes": (
        "customer.created",
        "customer.changed",
        "customer.assigned",
        "customer.tagged",
        "customer.archived",
        "customer.restored",
        "contact.added",
        "contact.changed",
        "contact.archived",
        "contact.restored",
    ),
}
"""Of a customer, in the order of the filter."""

HOUSE_FAMILIES: dict[str, tuple[str, ...]] = {
    **FAMILIES,
    "surveys": (
        "survey.made",
        "survey.changed",
        "survey.paused",
        "survey.resumed",
        "survey.closed",
        "survey.list_asked",
        "survey.list_cancelled",
        "survey.all_reminded",
    ),
    "imports": ("import.uploaded", "import.started", "import.finished", "import.failed", "import.cancelled"),
    "users": (
        "user.invited",
        "user.invited_again",
        "user.joined",
        "user.changed",
        "user.role_changed",
        "user.disabled",
        "user.enabled",
        "user.password_changed",
        "user.reset_asked",
        "user.password_reset",
        "session.signed_in",
        "session.ended",
    ),
    "firm": ("firm.made", "firm.changed", "message.tried_again"),
}
"""The same with what belongs to no customer."""
