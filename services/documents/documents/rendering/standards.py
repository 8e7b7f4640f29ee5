"""What WeasyPrint's PDF/A-3a lacks to be PDF/UA-1 too: marks, written by pikepdf into the finished file."""

import io
from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Pdf

# ISO 14289-1, 5, and ISO 19005-3, 6.6.2.3: PDF/A knows this property only if the file describes its schema.
PDF_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file meets</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
END = b"</rdf:RDF>"


def meet_both(pdf: bytes) -> bytes:
    """The same file with the marks of both standards; the same bytes give the same bytes."""
    out = io.BytesIO()
    with Pdf.open(io.BytesIO(pdf)) as file:
        _scope_headers(file.Root.StructTreeRoot)
        _name_attachments_once(file.Root)
        _declare_pdf_ua(file)
        file.save(out, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate)
    return out.getvalue()


def _scope_headers(root: Object) -> None:
    """WeasyPrint names the headers of each cell, but does not say whether a header is a row's or a column's."""
    for element, in_head in _elements(root, in_head=False):
        if element.get(Name.S) == Name.TH:
            if Name.A not in element:
                element.A = Dictionary(O=Name.Table)
            element.A.Scope = Name.Column if in_head else Name.Row


def _elements(node: Object, in_head: bool) -> Iterator[tuple[Object, bool]]:
    """Each structure element, and whether it is within the head of a table. A stack: tags nest deeply."""
    pending = [(node, in_head)]
    while pending:
        element, inside = pending.pop()
        yield element, inside
        inside = inside or element.get(Name.S) == Name.THead
        kids = element.get(Name.K, Array([]))
        pending += [(kid, inside) for kid in (kids if isinstance(kids, Array) else [kids])
                    if isinstance(kid, Dictionary) and Name.S in kid]  # fmt: skip


def _name_attachments_once(root: Object) -> None:
    """https://github.com/Kozea/WeasyPrint writes each attachment twice into /AF."""
    if Name.AF in root:
        once = {attached.objgen: attached for attached in root.AF}
        root.AF = Array(once.values())


def _declare_pdf_ua(file: Pdf) -> None:
    """Into the one rdf:RDF, as a second one would hide it; not compressed, for readers that look for it as text."""
    metadata = file.Root.Metadata.read_bytes()
    head, end, tail = metadata.partition(END)
    stream = file.make_stream(head + PDF_UA + end + tail)
    stream.Type, stream.Subtype = Name.Metadata, Name.XML
    file.Root.Metadata = stream
