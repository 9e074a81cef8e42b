"""The demo firm, papers: small real PDF files, and how a document is handed in, given back and accepted."""

from io import BytesIO

from sqlalchemy import select

from tracker.config import UPLOAD_LIMIT_BYTES
from tracker.demo.file import File
from tracker.documents import commands as documents
from tracker.documents.intake import NewFile
from tracker.documents.models import DocumentRequest
from tracker.documents.rules import OPEN
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.platform.files import store
from tracker.rulebook.book import rules_at

VALID_DAYS = 420  # of what runs out, from its acceptance on; and at least so long from the day of the demo:
LEFT_DAYS = 95
RETURNED = {
    "financial_statements": ("These are the statements of the year before last. We need the latest year, signed by the auditor.",
                             "Ce sont les états d'il y a deux ans. Il nous faut le dernier exercice, signé par l'auditeur."),
    "bn_confirmation": ("The legal name is cut off at the right edge of the scan.", "La dénomination est coupée à droite sur la numérisation."),
    "indemnity_agreement": ("The second officer's signature is missing on page 4.", "Il manque la signature du second dirigeant, page 4."),
    "import_forecast": ("The months are in US dollars. Please give them in Canadian dollars.",
                        "Les mois sont en dollars américains. Veuillez les donner en dollars canadiens."),
}  # fmt: skip
RETURNED_ELSE = ("Page 2 is missing.", "La page 2 manque.")


def open_request(file: File, kind: str) -> DocumentRequest | None:
    """The client's request of this kind that is still open."""
    query = select(DocumentRequest).where(
        DocumentRequest.client_id == file.client_id, DocumentRequest.kind == kind, DocumentRequest.state.in_(OPEN)
    )
    return db.session.scalars(query.order_by(DocumentRequest.requested_on)).first()


def hand_in(file: File, kind: str, mark: str = "") -> None:
    """A file is handed in by whoever the rulebook expects it from: the client, or the firm for broker and surety."""
    request = open_request(file, kind)
    if request is None:
        return
    rule = rules_at(today()).documents[kind]
    giver = file.contact if rule.from_party == "client" and request.is_client_visible else file.lead
    name = f"{kind.replace('_', '-')}{mark}.pdf"
    documents.upload_version(
        giver, request_id=request.id, files=[_paper(file, name, rule.name.in_(file.company.language))]
    )


def give_back(file: File, kind: str) -> None:
    """Returned to the client with a reason."""
    request = open_request(file, kind)
    if request is not None:
        en, fr = RETURNED.get(kind, RETURNED_ELSE)
        documents.return_request(
            file.lead, request_id=request.id, version=request.version, reason=file.says(en, fr),
            due_on=file.ahead(6),
        )  # fmt: skip


def accept(file: File, kind: str) -> None:
    """Accepted, with the day it runs out where the kind has one."""
    request = open_request(file, kind)
    if request is None:
        return
    expires_on = None
    if rules_at(today()).documents[kind].expires:
        days = max((today() - file.today).days + VALID_DAYS, LEFT_DAYS + file.chance.randint(0, 200))
        expires_on = file.ahead(days)
    documents.accept_request(file.lead, request_id=request.id, version=request.version, expires_on=expires_on)


def _paper(file: File, name: str, title: str) -> NewFile:
    lines = (file.company.name, file.bn9, "Demonstration copy / copie de démonstration")
    return NewFile(name, store(BytesIO(pdf(title, lines)), name, limit=UPLOAD_LIMIT_BYTES))


def pdf(title: str, lines: tuple[str, ...]) -> bytes:
    """A one-page PDF that says what it stands for."""
    words = [title, *lines]
    text = "BT /F1 12 Tf 56 780 Td 18 TL " + " ".join(f"({_escaped(line)}) Tj T*" for line in words) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text.encode('latin-1', 'replace'))} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1", "replace")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
