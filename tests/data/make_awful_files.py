"""Writes lists as shops really have them: `python -m tests.data.make_awful_files FOLDER`."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook


def till_export() -> bytes:
    """A till's export in cp1252: titles nobody else uses, floats, a landline, a double, a total at the end."""
    return (
        "Cod;Razón Social;Tel. Móvil;NIT/CC;Grupo\r\n"
        "1;PEÑA GÓMEZ, MARÍA;3001234567,0;1.020.345-6;Crédito|Norte\r\n"
        '2;"Juan ""Pipe"" Gil";(601) 234 5678;\'52123456;\r\n'
        "3;Maria Peña;300-123-4567;10203456;\r\n"
        "4;;3119876543;;\r\n"
        ";;;;\r\n"
        "5;Luz Ñañez;3,009876543E+09;;Contado\r\n"
    ).encode("cp1252")


def misread_accents() -> bytes:
    """UTF-8 that a program once read as cp1252 and saved again."""
    return "Nombre,Celular\nMaría Muñoz,3001234567\n".encode().decode("cp1252").encode()


def utf_16() -> bytes:
    """What Excel calls "Unicode text": UTF-16 with tabs."""
    return "Nombres\tApellidos\tWhatsApp\r\nJosé\tNúñez\t+57 300 123 4567\r\n".encode("utf-16")


def without_titles() -> bytes:
    """Rows only, numbers first."""
    return "3001234567,María Pérez\n3001234568,Juan Gil\n".encode("utf-8-sig")


def lines_in_cells() -> bytes:
    """Semicolons, quotation marks and line breaks inside cells."""
    return 'sep=;\nCliente;Celular\n"Ana;\nRuiz";="3001234567"\n"Luz ""La Mona"" Gil";3001234568\n'.encode("latin-1")


def spreadsheet() -> bytes:
    """A workbook: an empty and a hidden sheet, rows hidden by a filter, floats, a formula, a blank start."""
    book = Workbook()
    book.active.title = "Portada"
    sheet = book.create_sheet("Clientes")
    for row in (
        ["Nombre", "Teléfono"],
        ["Ana Ruiz", 3001234567.0],
        ["Luis Gil", "'3001234568"],
        ["Oculta Paz", 3001234569],
    ):
        sheet.append(["", *row])
    sheet.insert_rows(1, 2)
    sheet["B7"] = '=HYPERLINK("http://evil.example")'
    sheet.row_dimensions[6].hidden = True
    secret = book.create_sheet("Costos")
    secret.append(["Nombre", "Celular"])
    secret.sheet_state = "hidden"
    other = book.create_sheet("Proveedores")
    other.append(["Nombre", "Celular"])
    other.append(["Proveedor Uno", 3105551212])
    return _saved(book)


def many_columns() -> bytes:
    """A row of ten thousand cells."""
    return (",".join(f"c{n}" for n in range(10_000)) + "\n").encode()


def zip_bomb() -> bytes:
    """A small workbook whose sheet unpacks to 200 MB."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(200):
                sheet.write(b"0" * (1 << 20))
    return out.getvalue()


def giant_sheet() -> bytes:
    """A small workbook that says it has a cell in the last row and column."""
    book = Workbook()
    book.active["A1"] = "Nombre"
    book.active["XFD1048576"] = "x"
    return _saved(book)


def repeated_text(length: int, rows: int) -> bytes:
    """A workbook that stores one text and shows it in the first cell of every row."""
    book = _saved(Workbook())
    out = BytesIO()
    with ZipFile(BytesIO(book)) as empty, ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for part in empty.namelist():
            if not part.endswith(("sheet1.xml", "sharedStrings.xml")):
                archive.writestr(part, empty.read(part))
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{space}"><si><t>{"x" * length}</t></si></sst>')
        cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, rows + 1))
        sheet = f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return out.getvalue()


def unclosed_quote() -> bytes:
    """A quotation mark that opens in the second row and never closes."""
    return b'nombre,celular\n"Ana,3001234567\n' + b"Luis Gil,3001234568\n" * 10_000


def picture() -> bytes:
    """A picture that was given another name."""
    return b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10


def old_excel() -> bytes:
    """The beginning of an XLS of before 2007."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000


def _saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


FILES = {
    "till.csv": till_export,
    "misread.csv": misread_accents,
    "unicode.txt": utf_16,
    "without_titles.csv": without_titles,
    "lines_in_cells.csv": lines_in_cells,
    "book.xlsx": spreadsheet,
    "many_columns.csv": many_columns,
    "bomb.xlsx": zip_bomb,
    "giant.xlsx": giant_sheet,
    "unclosed.csv": unclosed_quote,
    "picture.csv": picture,
    "old.xls": old_excel,
}


def main() -> None:
    """Write all of them into the folder that is named."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        (folder / name).write_bytes(make())


if __name__ == "__main__":
    main()
