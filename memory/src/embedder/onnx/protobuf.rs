//! As much of the protobuf wire format as it takes to find the parts of an ONNX file without reading them: a message is a
//! list of fields, a field a key (number and wire type) and a value
//! (<https://protobuf.dev/programming-guides/encoding/>).

use std::{
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
};

/// Wire types of values.
const NUMBER: u64 = 0;
const EIGHT_BYTES: u64 = 1;
const BYTES: u64 = 2;
const FOUR_BYTES: u64 = 5;

/// A field of a message, by its places in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// Its number in the message's definition.
    pub(super) number: u64,
    /// Its value, where it is a number; 0 otherwise.
    pub(super) value: u64,
    /// Its content, where it is text, bytes or a message; empty otherwise.
    pub(super) content: Range<u64>,
    /// The whole of it, key included.
    pub(super) whole: Range<u64>,
}

/// The fields of the message that lies at `message`. What is inside them is skipped over.
///
/// # Errors
/// [`io::ErrorKind::InvalidData`] where the place holds no message, [`io::ErrorKind::UnexpectedEof`] where it ends early.
pub(super) fn fields(file: &mut (impl Read + Seek), message: Range<u64>) -> io::Result<Vec<Field>> {
    let mut fields = Vec::new();
    let mut reader = Reader { file, position: message.start };
    reader.file.seek(SeekFrom::Start(message.start))?;
    while reader.position < message.end {
        fields.push(reader.field(message.end)?);
    }
    Ok(fields)
}

/// The bytes of a place in the file.
pub(super) fn bytes(file: &mut (impl Read + Seek), place: Range<u64>) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(place.end - place.start).map_err(io::Error::other)?];
    file.seek(SeekFrom::Start(place.start))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

struct Reader<'file, F> {
    file: &'file mut F,
    position: u64,
}

impl<F: Read + Seek> Reader<'_, F> {
    fn field(&mut self, end: u64) -> io::Result<Field> {
        let start = self.position;
        let key = self.number()?;
        let mut field = Field { number: key >> 3, value: 0, content: 0..0, whole: start..start };
        match key & 7 {
            NUMBER => field.value = self.number()?,
            EIGHT_BYTES => self.skip(8, end)?,
            FOUR_BYTES => self.skip(4, end)?,
            BYTES => {
                let length = self.number()?;
                let content = self.position;
                self.skip(length, end)?;
                field.content = content..self.position;
            }
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
        if field.number == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        field.whole.end = self.position;
        Ok(field)
    }

    /// Seven bits a byte, the lowest first; the eighth says that more follow.
    fn number(&mut self) -> io::Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let mut byte = [0];
            self.file.read_exact(&mut byte)?;
            self.position += 1;
            value |= u64::from(byte[0] & 127) << shift;
            if byte[0] < 128 {
                return Ok(value);
            }
        }
        Err(io::ErrorKind::InvalidData.into())
    }

    fn skip(&mut self, length: u64, end: u64) -> io::Result<()> {
        let position = self.position.checked_add(length).filter(|position| *position <= end);
        self.position = position.ok_or(io::ErrorKind::UnexpectedEof)?;
        self.file.seek_relative(i64::try_from(length).map_err(io::Error::other)?)
    }
}

/// A number field, written.
pub(super) fn number_field(number: u64, value: u64) -> Vec<u8> {
    let mut field = Vec::new();
    push_number(&mut field, number << 3 | NUMBER);
    push_number(&mut field, value);
    field
}

/// A field of text, bytes or a message, written.
pub(super) fn bytes_field(number: u64, content: &[u8]) -> Vec<u8> {
    let mut field = Vec::with_capacity(content.len() + 12);
    push_number(&mut field, number << 3 | BYTES);
    push_number(&mut field, content.len() as u64);
    field.extend_from_slice(content);
    field
}

fn push_number(into: &mut Vec<u8>, mut value: u64) {
    while value > 127 {
        into.push(value as u8 & 127 | 128);
        value >>= 7;
    }
    into.push(value as u8);
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn of(message: &[u8]) -> io::Result<Vec<Field>> {
        fields(&mut Cursor::new(message), 0..message.len() as u64)
    }

    #[test]
    fn what_is_written_is_found_again() {
        let message = [number_field(8, 300), bytes_field(40, &[7; 200]), number_field(1, 0)].concat();
        let found = of(&message).unwrap();
        assert_eq!(found.iter().map(|field| field.number).collect::<Vec<_>>(), [8, 40, 1]);
        assert_eq!(found[0].value, 300);
        assert_eq!(bytes(&mut Cursor::new(&message), found[1].content.clone()).unwrap(), [7; 200]);
        let whole: Vec<u8> = found
            .iter()
            .flat_map(|field| bytes(&mut Cursor::new(&message), field.whole.clone()).unwrap())
            .collect();
        assert_eq!(whole, message);
    }

    #[test]
    fn fixed_numbers_are_skipped_over() {
        let message = [&[1 << 3 | 1_u8][..], &[9; 8], &[2 << 3 | 5], &[9; 4], &number_field(3, 5)].concat();
        let found: Vec<_> = of(&message).unwrap().iter().map(|field| (field.number, field.value)).collect();
        assert_eq!(found, [(1, 0), (2, 0), (3, 5)]);
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        let whole = bytes_field(1, b"content");
        for message in [&whole[..4], &[0x80; 12], b"version https://git-lfs.github.com", &[0, 0]] {
            assert!(of(message).is_err(), "{message:?}");
        }
    }
}
