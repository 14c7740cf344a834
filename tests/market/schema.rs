//! `crates/schema` says what the migrations make.

use std::collections::BTreeMap;

use crate::support::cluster;

/// Tables and their columns as `name -> Type`, from the text of the schema crate.
fn declared() -> BTreeMap<String, Vec<String>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/schema/src");
    let mut tables = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for table in text.split("table! {").skip(1) {
            let mut lines = table.lines().map(str::trim).filter(|l| !l.is_empty());
            let mut lines = lines.by_ref().skip_while(|line| {
                line.starts_with("use ") || line.starts_with("//") || line.starts_with("#[")
            });
            let name = lines.next().unwrap().split([' ', '(']).next().unwrap().to_owned();
            let columns = lines
                .take_while(|line| !line.starts_with('}'))
                .filter(|line| line.contains(" -> "))
                .map(|line| line.trim_end_matches(',').to_owned())
                .collect();
            tables.insert(name, columns);
        }
    }
    tables
}

fn spelled(kind: &str, nullable: bool) -> String {
    let plain = match kind {
        "int8" => "Int8",
        "int4" => "Int4",
        "int2" => "Int2",
        "float4" => "Float4",
        "float8" => "Float8",
        "text" => "Text",
        "uuid" => "Uuid",
        "bool" => "Bool",
        "bytea" => "Bytea",
        "date" => "Date",
        "jsonb" => "Jsonb",
        "timestamptz" => "Timestamptz",
        "inet" => "Inet",
        "_text" => "Array<Text>",
        "_uuid" => "Array<Uuid>",
        "_int8" => "Array<Int8>",
        other => other,
    };
    if nullable { format!("Nullable<{plain}>") } else { plain.to_owned() }
}

#[tokio::test]
async fn the_schema_crate_equals_the_database() {
    let url = cluster::empty_database().await;
    store::migrations::up(&url).await.unwrap();
    let rows = cluster::query(
        &url,
        "SELECT table_name, column_name, udt_name, is_nullable = 'YES'
           FROM information_schema.columns
          WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%'
          ORDER BY table_name, ordinal_position",
    )
    .await;
    let mut real: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        let (table, column, kind, nullable): (String, String, String, bool) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        // Compared and searched only in SQL: diesel has no type for them.
        if matches!(kind.as_str(), "xid8" | "tsvector") {
            continue;
        }
        real.entry(table).or_default().push(format!("{column} -> {}", spelled(&kind, nullable)));
    }
    for (table, columns) in &declared() {
        let real = real.get(table).unwrap_or_else(|| panic!("there is no table {table}"));
        let bare = |columns: &Vec<String>| -> Vec<String> {
            let searched = |c: &&String| !c.contains("Tsvector") && !c.contains("Xid8");
            columns.iter().filter(searched).cloned().collect()
        };
        assert_eq!(&bare(columns), real, "{table}");
    }
    let forgotten: Vec<_> = real.keys().filter(|t| !declared().contains_key(*t)).collect();
    assert!(forgotten.is_empty(), "not in crates/schema: {forgotten:?}");
}
