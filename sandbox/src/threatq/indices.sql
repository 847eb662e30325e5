CREATE INDEX tq_indicator_updated ON tq_indicator (updated_at DESC);
CREATE INDEX tq_source_link_object ON tq_source_link (object_id, object);
CREATE INDEX tq_attribute_link_object ON tq_attribute_link (object_id, object);
