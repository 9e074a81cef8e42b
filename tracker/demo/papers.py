"""The demo firm, papers: small real PDF files to hand in."""

from io import BytesIO

from tracker.config import UPLOAD_LIMIT_BYTES
from tracker.documents.intake import NewFile
from tracker.platform.files import store


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


def handed_in(name: str, title: str, client: str) -> NewFile:
    """A PDF of the demo, safely on disk."""
    content = pdf(title, (client, "Demonstration copy / copie de démonstration"))
    return NewFile(name, store(BytesIO(content), name, limit=UPLOAD_LIMIT_BYTES))
