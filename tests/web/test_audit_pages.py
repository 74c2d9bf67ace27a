"""The page of the audit, and its CSV."""

from __future__ import annotations

import csv
import io

import pytest

from domain.panel.spreadsheets import safe
from domain.ports.review import Act, Operator
from storage.sql.review.audit import SqlAudit
from web.pages.audit import changes


@pytest.fixture
def audit(database):
    return SqlAudit(database)


async def act(audit, who="olga", name="ban", target="user:7", after=None):
    await audit.add(Act(operator=Operator(name=who, source="cli"), name=name, target=target, after=after))


async def test_the_page_shows_what_its_filters_let_through(client, audit):
    await act(audit)
    await act(audit, who="oleg <b>", name="unban")
    page = await (await client.get("/admin/audit?act=unban")).get_data(as_text=True)
    assert "oleg &lt;b&gt;" in page
    assert "olga" not in page
    assert "Nobody has done that yet." in await (await client.get("/admin/audit?who=nobody")).get_data(as_text=True)
    assert (await client.get("/admin/audit?source=elsewhere")).status_code == 422


async def test_the_csv_has_every_act_and_no_cell_that_a_spreadsheet_would_run(client, audit):
    for who in ("=1+1", "+7", "-1", "@SUM(A1)", "olga"):
        await act(audit, who=who, after={"text": 'a\n"b"'})
    answer = await client.get("/admin/audit/acts.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    rows = list(csv.reader(io.StringIO(await answer.get_data(as_text=True))))
    assert [row[2] for row in rows] == ["who", "owner", "olga", "'@SUM(A1)", "'-1", "'+7", "'=1+1"]
    assert rows[1][4:6] == ["export", "audit"]
    assert rows[2][7] == '{"text":"a\\n\\"b\\""}'


async def test_the_page_tells_whether_the_chain_is_whole(client, audit, database):
    await act(audit)
    assert "Whole: 1 act" in await (await client.get("/admin/audit/chain")).get_data(as_text=True)
    async with database.connection() as connection:
        await connection.execute("UPDATE audit SET who = 'nobody'")
    assert "act 1 was changed" in await (await client.get("/admin/audit/chain")).get_data(as_text=True)


@pytest.mark.parametrize("cell", ["=A1", "+1", "-1", "@a", "\t=A1", "\r=A1"])
def test_a_cell_that_begins_like_a_formula_is_quoted(cell):
    assert safe(cell) == f"'{cell}"
    assert safe(f"a{cell}") == f"a{cell}"
    assert safe("") == ""


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"role": "viewer", "name": "Olga"}, {"role": "owner", "name": "Olga"}, [("role", "viewer", "owner")]),
        (None, {"hours": 2}, [("hours", "", "2")]),
        ({"token": "7:••••"}, None, [("token", "7:••••", "")]),
        (18, 21, [("", "18", "21")]),
        (None, None, []),
    ],
)
def test_an_act_says_which_fields_it_changed(before, after, told):
    assert changes(before, after) == told
