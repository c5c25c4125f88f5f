"""A file's way in, as people go it: on a laptop with script, on a phone without; and a sale written down by hand."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from portal import jobs
from portal.extensions import db
from portal.purchases.models import Purchase
from tests.cast import Cast
from tests.flows.conftest import PHONE
from tests.flows.test_accessible import faults
from tests.imports.running import import_text
from tests.touches import a_customer

pytestmark = pytest.mark.browser
FILES = Path(__file__).parents[1] / "imports" / "files"


def work() -> None:
    """What the worker would do meanwhile."""
    db.session.rollback()
    assert jobs.run_waiting() > 0


def recorded() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Purchase)) or 0


def test_from_a_file_to_a_report_without_leaving_the_page(cast: Cast, open_page: Callable[..., Page]) -> None:
    page = open_page("/purchases", cast.owner)
    page.get_by_role("link", name="Import purchases").first.click()
    page.get_by_label("File (CSV or XLSX)").set_input_files(FILES / "ventas.csv")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_label("Amount", exact=True)).to_have_value("2")
    assert faults(page) == []
    page.get_by_role("button", name="Check every row").click()
    expect(page.get_by_role("heading", name="Checking every row")).to_be_visible()
    assert faults(page) == []
    work()
    expect(page.get_by_role("heading", name="What is in it")).to_be_focused()
    expect(page.get_by_text("There is no such day: 30/02/2025.")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Import 3 purchases").click()
    expect(page.get_by_role("heading", name="Taking the rows in")).to_be_visible()
    work()
    expect(page.get_by_text("Done.")).to_be_visible()
    assert faults(page) == []
    assert recorded() == 3
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download the refused rows").click()
    assert coming.value.suggested_filename.endswith(".csv")


def test_on_a_phone_without_script(cast: Cast, open_page: Callable[..., Page]) -> None:
    cast.sales.locale = "es"
    db.session.commit()
    page = open_page("/imports/new", cast.sales, script=False, viewport=PHONE, language="es")
    page.get_by_label("Archivo (CSV o XLSX)").set_input_files(FILES / "shopify.csv")
    page.get_by_role("button", name="Subir").click()
    expect(page.get_by_text("Son pedidos exportados de Shopify.")).to_be_visible()
    page.get_by_role("button", name="Revisar cada fila").click()
    expect(page.get_by_role("heading", name="Revisando cada fila")).to_be_visible()
    work()
    page.get_by_role("link", name="Actualizar").click()
    page.get_by_role("button", name="Importar 2 compras").click()
    expect(page.get_by_role("heading", name="Importando las filas")).to_be_visible()
    work()
    page.get_by_role("link", name="Actualizar").click()
    expect(page.get_by_text("Listo.")).to_be_visible()
    expect(page.get_by_text("Se omite 1 pedido cancelado.")).to_be_visible()
    assert recorded() == 2


def test_refused_rows_are_cards_on_a_phone(cast: Cast, open_page: Callable[..., Page], tmp_path: Path) -> None:
    long = f"{'a' * 70}@example.com"
    id = import_text(tmp_path, f"Customer,Date,Amount,Order\nMary Green,20/11/2097,99,{long}\n", by=cast.owner).id
    page = open_page(f"/imports/{id}", cast.owner, viewport=PHONE)
    sheet = page.get_by_role("region", name="Refused rows")
    expect(sheet.get_by_text("20/11/2097 is in the future.")).to_be_visible()
    cells = sheet.locator("tbody :is(th, td)").all()
    assert len(cells) == 3
    for part in (sheet, *cells):
        assert part.evaluate("it => it.scrollWidth <= it.clientWidth && it.getBoundingClientRect().right <= innerWidth")
    assert faults(page) == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_sale_is_written_down_corrected_and_voided(script: bool, cast: Cast, open_page: Callable[..., Page]) -> None:
    id, name = a_customer(cast).id, "Hotel Sierra Azul"
    db.session.commit()
    page = open_page(f"/purchases/new?customer={id}", cast.support, script=script, viewport=PHONE)
    page.get_by_label("Amount").fill("1,234.50")
    page.get_by_label("What was bought").fill("24 chairs")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_text("Bought for MXN 1,234.50")).to_be_visible()
    page.goto("/purchases")
    page.get_by_role("link", name="Correct").click()
    page.get_by_label("Amount").fill("1000")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Purchase corrected: MXN 1,000")).to_be_visible()
    page.goto("/purchases")
    page.get_by_role("link", name="Correct").click()
    page.get_by_text("Void this purchase").click()
    page.get_by_label("Why?").fill("entered twice")
    page.get_by_role("button", name="Void it").click()
    expect(page.get_by_text("This purchase is voided")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    assert recorded() == 1
