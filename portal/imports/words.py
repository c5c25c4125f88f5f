"""What is wrong, in words: every code that reading and judging a file can give, and the names of our fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from portal.rules import N_

FILES = {
    "empty": N_("The file is empty."),
    "too_large": N_("The file is larger than the portal takes. Split it and import the parts one by one."),
    "too_many_rows": N_("The file has more rows than one import takes. Split it and import the parts one by one."),
    "too_many_columns": N_("The file has more columns than an import can hold. Leave out what is not needed."),
    "too_many_cells_in_all": N_("The sheet reaches further than an import can hold. Save it as CSV and try again."),
    "cell_too_long": N_("A cell of the file does not end. Is a quotation mark missing?"),
    "broken": N_("The file can't be read as rows and columns."),
    "broken_workbook": N_("The workbook is damaged. Open it in your spreadsheet and save it again."),
    "password": N_("The workbook is locked with a password. Save it without one and try again."),
    "old_excel": N_("This is an old Excel file (.xls). Save it as .xlsx or CSV and try again."),
    "zip": N_("This is a compressed file, not a table. Unpack it and choose the CSV or XLSX file in it."),
    "html": N_("This is a web page, not a table. Export it as CSV or XLSX and try again."),
    "workbook_misnamed": N_("This is an Excel workbook with another name. Name it .xlsx and try again."),
    "not_a_workbook": N_("This is no Excel workbook, whatever its name says. Save it as .xlsx or CSV and try again."),
    "binary": N_("This is no table. Choose a CSV or XLSX file."),
    "nul": N_("The file holds characters that no text has. Export it again as CSV or XLSX."),
    "encoding": N_("The file's characters can't be read. Save it as CSV in UTF-8 and try again."),
    "gone": N_("The uploaded file is no longer there. Upload it again."),
    "unexpected": N_("Something went wrong that is not the file's fault. It has been noted."),
    "column_unknown": N_("The file no longer has one of the chosen columns. Choose the columns again."),
}
FAULTS = {
    "date_missing": N_("The date is missing."),
    "date_not_understood": N_("“%(text)s” is no date."),
    "date_does_not_exist": N_("There is no such day: %(text)s."),
    "date_ambiguous": N_("%(text)s can be read as two dates."),
    "date_other_order": N_("%(text)s has day and month in another order than the other rows."),
    "date_in_future": N_("%(text)s is in the future."),
    "date_too_old": N_("%(text)s is too long ago."),
    "amount_missing": N_("The amount is missing."),
    "amount_not_a_number": N_("“%(text)s” is no amount."),
    "amount_ambiguous": N_("%(text)s can be read as two amounts."),
    "amount_grouping": N_("The marks in %(text)s are not where an amount has them."),
    "amount_too_precise": N_("%(text)s has more than %(places)s decimals."),
    "amount_too_large": N_("%(text)s is larger than any purchase."),
    "amount_negative": N_("%(text)s is a refund without the purchase that it belongs to."),
    "refund_exceeds": N_("More was refunded than was paid: %(text)s."),
    "currency_unknown": N_("There is no currency “%(currency)s”."),
    "currency_differs": N_("%(text)s is in another currency than %(currency)s."),
    "customer_missing": N_("Nothing says who the customer is."),
    "customer_archived": N_("%(text)s is archived. Restore the customer first."),
    "name_missing": N_("Nothing says who the customer is."),
    "email_not_understood": N_("“%(text)s” is no e-mail address."),
    "phone_not_understood": N_("“%(text)s” is no phone number."),
    "control_characters": N_("It holds characters that can't be kept."),
    "text_too_long": N_("A text is longer than %(most)s characters."),
    "too_many_tags": N_("There are more than %(most)s tags."),
    "assignee_unknown": N_("No user has the e-mail or the name %(text)s, or several bear it."),
    "too_many_cells": N_("The row has %(have)s cells, the file %(expected)s columns. Is a quotation mark missing?"),
    "order_lines_disagree": N_(
        "Rows up to %(last)s have this order's number %(order)s but another customer, date or currency."
    ),
    "order_totals_differ": N_("Rows up to %(last)s are one order and name different totals."),
    "order_differs": N_(
        "Order %(order)s is recorded already, but otherwise. If the file is right, correct it by hand."
    ),
    "with_row": N_("It belongs to the order of row %(row)s."),
}
FIELDS = {
    "date": N_("Date"),
    "amount": N_("Amount"),
    "customer": N_("Customer number"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "name": N_("Name"),
    "last_name": N_("Last name"),
    "order": N_("Order number"),
    "currency": N_("Currency"),
    "description": N_("Description"),
    "status": N_("Status of the order"),
    "refund": N_("Refunded amount"),
    "cancelled": N_("Cancelled on"),
    "city": N_("City"),
    "contact_name": N_("Name of the contact"),
    "contact_last_name": N_("Last name of the contact"),
    "contact_email": N_("E-mail of the contact"),
    "contact_phone": N_("Phone of the contact"),
    "assignee": N_("Assignee (e-mail or name)"),
    "tags": N_("Tags"),
    "notes": N_("Notes"),
}
MISSING = {
    "date": N_("Choose the column that holds the date."),
    "amount": N_("Choose the column that holds the amount."),
    "customer": N_("Choose at least one column that says who bought: a customer number, an e-mail or a phone."),
    "name": N_("Choose the column that holds the name."),
}


def unreadable(code: str) -> str:
    """Why a file can't be taken at all, and what to do."""
    return str(_(FILES.get(code, FILES["broken"])))


def fault(code: str, params: Mapping[str, Any]) -> str:
    """One reason why a row is refused."""
    return str(_(FAULTS[code], **params)) if code in FAULTS else code


def faults(told: Iterable[Any]) -> str:
    """All reasons of a row, one after the other; each is [field, code, params]."""
    return " ".join(fault(code, params) for _field, code, params in told)


def missing(fields: Iterable[str]) -> str:
    """What must still be chosen."""
    return " ".join(str(_(MISSING[field])) for field in fields)


def field_name(field: str) -> str:
    """What one of our fields is called where columns are chosen."""
    return str(_(FIELDS[field]))
