//! Records of an answer as rows: for each, where its wanted members stand in the body. In: a record in the body. Out: a row
//! more, and rows of the objects in it; or the place where the record is not as its layout says.

use std::ops::Range;

use super::{
    Column, Form, Layout, Leaf, Spelling,
    scan::{Broken, Scanner},
};

/// Marks the end of a value that has to be written anew. Bodies are shorter than 2 GiB (`call/attempt.rs`).
const REWRITE: u32 = 1 << 31;

/// A member of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Scalars and lists of them: the first byte. Objects: the first row.
    start: u32,
    /// Scalars: behind the last byte, with a mark. Objects: behind the last row. Before the start: null.
    end: u32,
}

/// The records of one layout in an answer.
#[derive(Clone, Default)]
pub struct Rows {
    cells: Vec<Cell>,
    columns: usize,
    count: usize,
    /// The rows of the objects in the records, by column; none for scalars.
    below: Vec<Rows>,
}

impl Cell {
    const NULL: Self = Self { start: 1, end: 0 };

    /// Whether there is no value.
    pub const fn is_null(self) -> bool {
        self.start > self.end
    }

    /// Where the value stands; an empty range for null.
    pub const fn range(self) -> Range<usize> {
        if self.is_null() { 0..0 } else { self.start as usize..(self.end & !REWRITE) as usize }
    }

    /// Whether the value has to be written anew.
    pub const fn is_rewritten(self) -> bool {
        self.end & REWRITE != 0
    }

    /// The rows of the objects; none for null.
    pub const fn rows(self) -> Range<usize> {
        if self.is_null() { 0..0 } else { self.start as usize..self.end as usize }
    }

    fn of(range: Range<usize>, spelling: Spelling) -> Self {
        let place = |place: usize| u32::try_from(place).unwrap_or_default();
        let mark = if spelling == Spelling::Other { REWRITE } else { 0 };
        Self { start: place(range.start), end: place(range.end) | mark }
    }
}

impl Rows {
    /// No rows, of that layout.
    pub(super) fn new(layout: &Layout) -> Self {
        let below = layout.columns.iter().map(|column| Self::new(&column.below)).collect();
        Self { cells: Vec::new(), columns: layout.columns.len(), count: 0, below }
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// A member of a row.
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        self.cells.get(row * self.columns + column).copied().unwrap_or(Cell::NULL)
    }

    /// The rows of the objects in that member.
    pub fn below(&self, column: usize) -> &Self {
        &self.below[column]
    }

    /// Gives each value, which is a scalar or a list of scalars, the place that the function says.
    pub(super) fn each_range(&mut self, layout: &Layout, place: &mut impl FnMut(Range<usize>) -> Range<usize>) {
        for (number, column) in layout.columns.iter().enumerate() {
            match column.form {
                Form::Object | Form::Objects => self.below[number].each_range(&column.below, place),
                Form::Leaf(_) | Form::Leaves(_) => {
                    let cells = self.cells.iter_mut().skip(number).step_by(self.columns);
                    for cell in cells.filter(|cell| !cell.is_null()) {
                        let spelling = if cell.is_rewritten() { Spelling::Other } else { Spelling::Same };
                        *cell = Cell::of(place(cell.range()), spelling);
                    }
                }
            }
        }
    }

    /// Reads a record as one more row.
    pub(super) fn read(&mut self, scanner: &mut Scanner<'_>, layout: &Layout) -> Result<usize, Broken> {
        let base = self.cells.len();
        self.cells.resize(base + self.columns, Cell::NULL);
        self.count += 1;
        scanner.expect(b'{')?;
        // A bit for each column: no type has as many members.
        let (mut is_first, mut expected, mut seen) = (true, 0, 0_u128);
        while scanner.goes_on(&mut is_first, b'}')? {
            // Most likely members come in the order of the layout.
            let is_expected = layout.columns.get(expected).is_some_and(|column| scanner.take_name(&column.quoted));
            let place = if is_expected { Some(expected) } else { place_of(layout, scanner)? };
            let Some(place) = place else {
                scanner.value()?;
                continue;
            };
            expected = place + 1;
            if seen & (1 << place) != 0 {
                return Err(scanner.broken());
            }
            seen |= 1 << place;
            let column = &layout.columns[place];
            if column.is_nullable && scanner.null() {
                continue;
            }
            self.cells[base + place] = member(scanner, column, &mut self.below[place])?;
        }
        let is_missing = |(place, column): (usize, &Column)| !column.is_nullable && seen & (1 << place) == 0;
        if layout.columns.iter().enumerate().any(is_missing) {
            return Err(scanner.broken());
        }
        Ok(self.count - 1)
    }
}

/// The column of the next member; passes its name.
fn place_of(layout: &Layout, scanner: &mut Scanner<'_>) -> Result<Option<usize>, Broken> {
    let quoted = &scanner.text()[scanner.name()?];
    let bare = &quoted[1..quoted.len() - 1];
    if !bare.contains('\\') {
        return Ok(layout.find(bare));
    }
    let name = serde_json::from_str::<String>(quoted).ok();
    Ok(name.and_then(|name| layout.find(&name)))
}

fn member(scanner: &mut Scanner<'_>, column: &Column, below: &mut Rows) -> Result<Cell, Broken> {
    match column.form {
        Form::Leaf(leaf) => {
            let range = scanner.value()?;
            let spelling = (leaf.check)(&scanner.text()[range.clone()]).ok_or(Broken(range.start))?;
            Ok(Cell::of(range, spelling))
        }
        Form::Leaves(leaf) => leaves(scanner, leaf),
        Form::Object => {
            let row = below.read(scanner, &column.below)?;
            Ok(Cell::of(row..row + 1, Spelling::Same))
        }
        Form::Objects => {
            let first = below.count;
            scanner.expect(b'[')?;
            let mut is_first = true;
            while scanner.goes_on(&mut is_first, b']')? {
                below.read(scanner, &column.below)?;
            }
            Ok(Cell::of(first..below.count, Spelling::Same))
        }
    }
}

/// A list of scalars is copied as a whole, if it is written without white space and all items are spelled as in the response.
fn leaves(scanner: &mut Scanner<'_>, leaf: &'static Leaf) -> Result<Cell, Broken> {
    scanner.peek();
    let start = scanner.broken().0;
    scanner.expect(b'[')?;
    let (mut is_first, mut spelling, mut bytes) = (true, Spelling::Same, 2);
    while scanner.goes_on(&mut is_first, b']')? {
        let range = scanner.value()?;
        if (leaf.check)(&scanner.text()[range.clone()]).ok_or(Broken(range.start))? == Spelling::Other {
            spelling = Spelling::Other;
        }
        bytes += range.len() + usize::from(bytes > 2);
    }
    let end = scanner.broken().0;
    if bytes != end - start {
        spelling = Spelling::Other;
    }
    Ok(Cell::of(start..end, spelling))
}
