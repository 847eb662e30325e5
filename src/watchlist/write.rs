//! Writes what a builder has settled, section by section.

use super::build::Builder;
use super::extras::Extra;
use super::fingerprint::Cut;
use super::layout::{Section, Sections, Writer};
use super::networks::{Family, links};

impl Builder {
    /// The snapshot, and where its sections lie.
    pub(super) fn write(self) -> (Vec<u8>, Sections) {
        let cut = Cut::for_count(self.hashed.len());
        let mut writer = Writer::new(self.file_length(cut));
        self.write_tables(&mut writer);
        self.write_hashed(&mut writer, cut);
        self.write_numbers(&mut writer);
        self.write_entries(&mut writer);
        writer.finish(&self.header)
    }

    /// Bytes of all sections, give or take the texts of entries that were merged.
    fn file_length(&self, cut: Cut) -> usize {
        self.name.len()
            + self.attributes.file_length()
            + 4 * (cut.buckets() + 1)
            + (8 + cut.rest_size() + 4) * self.hashed.len()
            + 8 * self.ipv4.len()
            + 12 * self.networks4.len()
            + 24 * self.networks6.len()
            + self.extras.file_length()
    }

    fn write_tables(&self, writer: &mut Writer) {
        let sources = self.attributes.sources();
        writer.text(Section::Name, self.name.as_bytes());
        writer.u64s(Section::Attributes, &mut self.attributes.rows().iter().map(|row| row.to_bits()));
        writer.u32s(Section::SourceEnds, &mut sources.ends().iter().copied());
        writer.text(Section::SourceText, sources.text().as_bytes());
    }

    fn write_hashed(&self, writer: &mut Writer, cut: Cut) {
        let keys = || self.hashed.iter().map(|entry| entry.key);
        let mut starts = vec![0u32; cut.buckets() + 1];
        for key in keys() {
            // Counted one place further on: the sum up to a bucket is the number of entries before it.
            if let Some(count) = starts.get_mut(cut.bucket(key) + 1) {
                *count += 1;
            }
        }
        let mut running = starts.iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        });
        writer.u32s(Section::Directory, &mut running);
        writer.u64s(Section::Words, &mut keys().map(|key| cut.word(key)));
        if cut.is_narrow() {
            writer.u16s(Section::Rests, &mut keys().map(|key| cut.rest(key) as u16));
        } else {
            writer.u32s(Section::Rests, &mut keys().map(|key| cut.rest(key)));
        }
    }

    fn write_numbers(&self, writer: &mut Writer) {
        let networks4 = || self.networks4.iter().map(|entry| entry.key);
        let networks6 = || self.networks6.iter().map(|entry| entry.key);
        writer.u32s(Section::Ipv4, &mut self.ipv4.iter().map(|entry| entry.key));
        writer.u32s(Section::Networks4, &mut networks4().map(|network| network.address as u32));
        writer.u128s(Section::Networks6, &mut networks6().map(|network| network.address));
        let links = links(Family::V4, networks4()).chain(links(Family::V6, networks6()));
        writer.u32s(Section::Links, &mut links.map(|link| link.0));
    }

    fn write_entries(&self, writer: &mut Writer) {
        let metas = self.hashed.iter().map(|entry| entry.meta);
        let metas = metas.chain(self.ipv4.iter().map(|entry| entry.meta));
        let metas = metas.chain(self.networks4.iter().chain(&self.networks6).map(|entry| entry.meta));
        writer.u32s(Section::Meta, &mut metas.map(|meta| meta.0));

        let places = self.hashed.iter().map(|entry| entry.extra());
        let places = places.chain(self.ipv4.iter().map(|entry| entry.extra()));
        let places = places.chain(self.networks4.iter().chain(&self.networks6).map(|entry| entry.extra()));
        let mut records = Vec::new();
        let mut rows = places.zip(0u32..).filter_map(|(place, number)| {
            let (extra, _) = Extra::read(self.extras.bytes.get(place?..)?)?;
            let at = records.len() as u32;
            extra.write(&mut records);
            Some(u64::from(at) << 32 | u64::from(number))
        });
        writer.u64s(Section::Extras, &mut rows);
        writer.text(Section::ExtraText, &records);
    }
}
