//! Reads tables: their texts, and the places of our figures.
//!
//! A table begins with `# ID: TITLE`, a line about the experiment (optional), and the heads of the
//! columns. In the rows `{NAME}` is the place of the figure of that name: our columns follow the
//! label, and the peers' columns follow ours.

/// A table, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<'a> {
    /// The value for `--only`.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// The line about the experiment; may be empty.
    pub said: &'a str,
    /// Our columns.
    pub own: Vec<&'a str>,
    /// The columns of the peers.
    pub peers: Vec<&'a str>,
    /// The rows.
    pub rows: Vec<Row<'a>>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The label of the row.
    pub label: &'a str,
    /// The names of the figures, one for each of our columns.
    pub names: Vec<&'a str>,
    /// The cells of the peers.
    pub peers: Vec<&'a str>,
}

/// The tables of a text.
///
/// # Errors
/// If there is none, or a row has not a cell for each column; with the line.
pub fn read(text: &str) -> Result<Vec<Table<'_>>, String> {
    let mut tables: Vec<Table<'_>> = Vec::new();
    let mut heads: Vec<&str> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let fail = |why: &str| Err(format!("line {number}: {why}: {line}"));
        if let Some(title) = line.strip_prefix("# ") {
            let Some((id, title)) = title.split_once(": ") else {
                return fail("no `# ID: TITLE`");
            };
            if tables.iter().any(|table| table.id == id) {
                return fail("there is one of this name");
            }
            heads.clear();
            let (said, own, peers, rows) = ("", Vec::new(), Vec::new(), Vec::new());
            tables.push(Table {
                id,
                title,
                said,
                own,
                peers,
                rows,
            });
            continue;
        }
        if line.is_empty() {
            continue;
        }
        let Some(table) = tables.last_mut() else {
            return fail("before the first table");
        };
        let Some(cells) = cells(line) else {
            if !table.said.is_empty() || !heads.is_empty() {
                return fail("only one line may precede the columns");
            }
            table.said = line;
            continue;
        };
        if heads.is_empty() {
            heads = cells;
            continue;
        }
        let row = row(&cells);
        if cells.len() != heads.len() {
            return fail("not a cell for each column");
        }
        if table.rows.is_empty() {
            let (own, peers) = heads[1..].split_at(row.names.len());
            (table.own, table.peers) = (own.to_vec(), peers.to_vec());
        } else if row.names.len() != table.own.len() {
            return fail("not a figure for each of our columns");
        }
        table.rows.push(row);
    }
    match tables.iter().find(|table| table.rows.is_empty()) {
        Some(table) => Err(format!("{} has no rows", table.id)),
        None => Ok(tables),
    }
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let line = line.strip_prefix('|')?.strip_suffix('|')?;
    Some(line.split('|').map(str::trim).collect())
}

/// Our figures are those behind the label, without a gap.
fn row<'a>(cells: &[&'a str]) -> Row<'a> {
    let name = |cell: &&'a str| cell.strip_prefix('{')?.strip_suffix('}');
    let names: Vec<&str> = cells[1..].iter().map_while(name).collect();
    let peers = cells[1 + names.len()..].to_vec();
    Row {
        label: cells[0],
        names,
        peers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# a-b: What: a title\nIt is done.\n| | ours | CPU | theirs |\n\
                        | told | {told} | {cpu s} | **never** |\n| gone | {gone} | {cpu} | 1 / 2 / 3 |\n\
                        \n# c: C\n| | ours |\n| x | {x} |\n";

    #[test]
    fn a_table_is_read_as_it_is_written() {
        let tables = read(TEXT).unwrap();
        let row = |label, names: [&'static str; 2], peer| Row {
            label,
            names: names.to_vec(),
            peers: vec![peer],
        };
        let first = Table {
            id: "a-b",
            title: "What: a title",
            said: "It is done.",
            own: vec!["ours", "CPU"],
            peers: vec!["theirs"],
            rows: vec![
                row("told", ["told", "cpu s"], "**never**"),
                row("gone", ["gone", "cpu"], "1 / 2 / 3"),
            ],
        };
        assert_eq!(tables[0], first);
        let second = &tables[1];
        assert_eq!((tables.len(), second.id, second.said), (2, "c", ""));
        assert_eq!((&*second.own, second.peers.len()), (&["ours"][..], 0));
    }

    #[test]
    fn an_invalid_table_is_refused_with_its_line() {
        for (from, to, why) in [
            ("# a-b: What: a", "# a-b", "line 1: no `# ID: TITLE`"),
            ("# c: C", "# a-b: C", "line 7: there is one of this name"),
            ("# a-b: What: a title\n", "", "line 1: before the first"),
            ("done.\n", "done.\nTwice.\n", "line 3: only one line"),
            (" | 1 / 2 / 3", "", "line 5: not a cell for each column"),
            ("{cpu}", "7", "line 5: not a figure for each"),
            ("| x | {x} |\n", "", "c has no rows"),
        ] {
            let text = TEXT.replacen(from, to, 1);
            let said = read(&text).unwrap_err();
            assert!(said.starts_with(why), "{said}");
        }
    }
}
