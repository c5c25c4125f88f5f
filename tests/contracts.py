"""The contract between the rooms of the house that import-linter has no words for (rule 1 of the house)."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output
from importlinter.domain import fields

PRIVATE = {"views", "public", "forms"}


class RoomsContract(Contract):
    """Rooms share models, queries and domain modules; what faces the browser belongs to its room alone.

    Views, public or not, are imported by the app only, and forms by the views of their own room only.
    """

    root = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every import of a room's views, public views and forms."""
        root: str = self.root  # type: ignore[assignment]  # a field gives its value on an instance
        wrong = [
            f"{importer} imports {imported}"
            for imported in sorted(graph.modules)
            if imported.count(".") == 2 and imported.startswith(f"{root}.") and imported.split(".")[2] in PRIVATE
            for importer in sorted(graph.find_modules_that_directly_import(imported))
            if not allowed(importer, imported, root)
        ]
        return ContractCheck(kept=not wrong, metadata={"wrong": wrong})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say which imports are in the way."""
        for line in check.metadata["wrong"]:
            output.print_error(line)


def allowed(importer: str, imported: str, root: str) -> bool:
    """May that module import these views or these forms?"""
    room, _, kind = imported.rpartition(".")
    if kind == "forms":
        return importer in {f"{room}.views", f"{room}.public"}
    return importer == root
