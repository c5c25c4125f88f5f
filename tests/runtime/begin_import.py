"""Begins an import of sales in a portal of its own, as its pages would, and asks the worker for it.

Run as a module with the settings in the environment, and the file's path as its argument; prints the import's id.
"""

import sys
from pathlib import Path

from portal import create_app, jobs
from portal.extensions import db
from portal.imports.jobs import go_on, uploads_folder
from tests.imports.running import begin

if __name__ == "__main__":
    with create_app().app_context():
        folder = uploads_folder()
        folder.mkdir(parents=True, exist_ok=True)
        import_ = begin(folder, Path(sys.argv[1]))
        import_.start(None)
        db.session.commit()
        jobs.soon(go_on, import_.id)
        print(import_.id)
