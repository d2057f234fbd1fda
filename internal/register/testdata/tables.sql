-- sqlite
CREATE TABLE IF NOT EXISTS reg_city (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "pack" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_city_name ON reg_city ("name", "code");
CREATE TABLE IF NOT EXISTS reg_organ (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "kind" TEXT NOT NULL DEFAULT '',
  "open" TEXT NOT NULL DEFAULT '',
  "close" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_organ_name ON reg_organ ("name", "code");
CREATE INDEX IF NOT EXISTS reg_organ_kind ON reg_organ ("kind", "code");
CREATE INDEX IF NOT EXISTS reg_organ_open ON reg_organ ("open", "code");
CREATE INDEX IF NOT EXISTS reg_organ_close ON reg_organ ("close", "code");
CREATE TABLE IF NOT EXISTS reg_unit (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "kana" TEXT NOT NULL DEFAULT '',
  "kind" TEXT NOT NULL DEFAULT '',
  "organ" TEXT NOT NULL DEFAULT '',
  "parent" TEXT NOT NULL DEFAULT '',
  "hr_code" TEXT NOT NULL DEFAULT '',
  "open" TEXT NOT NULL DEFAULT '',
  "close" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_unit_name ON reg_unit ("name", "code");
CREATE INDEX IF NOT EXISTS reg_unit_kind ON reg_unit ("kind", "code");
CREATE INDEX IF NOT EXISTS reg_unit_organ ON reg_unit ("organ", "code");
CREATE INDEX IF NOT EXISTS reg_unit_parent ON reg_unit ("parent", "code");
CREATE INDEX IF NOT EXISTS reg_unit_open ON reg_unit ("open", "code");
CREATE INDEX IF NOT EXISTS reg_unit_close ON reg_unit ("close", "code");
CREATE TABLE IF NOT EXISTS reg_hrunit (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "collected" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_hrunit_name ON reg_hrunit ("name", "code");
CREATE INDEX IF NOT EXISTS reg_hrunit_collected ON reg_hrunit ("collected", "code");
CREATE TABLE IF NOT EXISTS reg_person (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "kana" TEXT NOT NULL DEFAULT '',
  "unit" TEXT NOT NULL DEFAULT '',
  "employment" TEXT NOT NULL DEFAULT '',
  "title" TEXT NOT NULL DEFAULT '',
  "contract" TEXT NOT NULL DEFAULT '',
  "joined" TEXT NOT NULL DEFAULT '',
  "left" TEXT NOT NULL DEFAULT '',
  "mail" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_person_name ON reg_person ("name", "code");
CREATE INDEX IF NOT EXISTS reg_person_kana ON reg_person ("kana", "code");
CREATE INDEX IF NOT EXISTS reg_person_unit ON reg_person ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_person_employment ON reg_person ("employment", "code");
CREATE INDEX IF NOT EXISTS reg_person_title ON reg_person ("title", "code");
CREATE INDEX IF NOT EXISTS reg_person_contract ON reg_person ("contract", "code");
CREATE INDEX IF NOT EXISTS reg_person_joined ON reg_person ("joined", "code");
CREATE INDEX IF NOT EXISTS reg_person_left ON reg_person ("left", "code");
CREATE TABLE IF NOT EXISTS reg_post (
  "code" TEXT PRIMARY KEY NOT NULL,
  "role" TEXT NOT NULL DEFAULT '',
  "scope" TEXT NOT NULL DEFAULT '',
  "unit" TEXT NOT NULL DEFAULT '',
  "system" TEXT NOT NULL DEFAULT '',
  "name" TEXT NOT NULL DEFAULT '',
  "from" TEXT NOT NULL DEFAULT '',
  "until" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_post_role ON reg_post ("role", "code");
CREATE INDEX IF NOT EXISTS reg_post_scope ON reg_post ("scope", "code");
CREATE INDEX IF NOT EXISTS reg_post_unit ON reg_post ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_post_system ON reg_post ("system", "code");
CREATE INDEX IF NOT EXISTS reg_post_name ON reg_post ("name", "code");
CREATE INDEX IF NOT EXISTS reg_post_from ON reg_post ("from", "code");
CREATE INDEX IF NOT EXISTS reg_post_until ON reg_post ("until", "code");
CREATE TABLE IF NOT EXISTS reg_assignment (
  "code" TEXT PRIMARY KEY NOT NULL,
  "post" TEXT NOT NULL DEFAULT '',
  "person" TEXT NOT NULL DEFAULT '',
  "kind" TEXT NOT NULL DEFAULT '',
  "from" TEXT NOT NULL DEFAULT '',
  "until" TEXT NOT NULL DEFAULT '',
  "handover" TEXT NOT NULL DEFAULT '',
  "first" BOOLEAN NOT NULL DEFAULT FALSE,
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_assignment_post ON reg_assignment ("post", "code");
CREATE INDEX IF NOT EXISTS reg_assignment_person ON reg_assignment ("person", "code");
CREATE INDEX IF NOT EXISTS reg_assignment_kind ON reg_assignment ("kind", "code");
CREATE INDEX IF NOT EXISTS reg_assignment_from ON reg_assignment ("from", "code");
CREATE INDEX IF NOT EXISTS reg_assignment_until ON reg_assignment ("until", "code");
CREATE INDEX IF NOT EXISTS reg_assignment_handover ON reg_assignment ("handover", "code");
CREATE TABLE IF NOT EXISTS reg_moveset (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "date" TEXT NOT NULL DEFAULT '',
  "state" TEXT NOT NULL DEFAULT '',
  "applicant" TEXT NOT NULL DEFAULT '',
  "since" TEXT NOT NULL DEFAULT '',
  "confirmer" TEXT NOT NULL DEFAULT '',
  "hash" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_moveset_name ON reg_moveset ("name", "code");
CREATE INDEX IF NOT EXISTS reg_moveset_date ON reg_moveset ("date", "code");
CREATE INDEX IF NOT EXISTS reg_moveset_state ON reg_moveset ("state", "code");
CREATE INDEX IF NOT EXISTS reg_moveset_applicant ON reg_moveset ("applicant", "code");
CREATE INDEX IF NOT EXISTS reg_moveset_confirmer ON reg_moveset ("confirmer", "code");
CREATE TABLE IF NOT EXISTS reg_move (
  "code" TEXT PRIMARY KEY NOT NULL,
  "moveset" TEXT NOT NULL DEFAULT '',
  "person" TEXT NOT NULL DEFAULT '',
  "kind" TEXT NOT NULL DEFAULT '',
  "from_unit" TEXT NOT NULL DEFAULT '',
  "unit" TEXT NOT NULL DEFAULT '',
  "title" TEXT NOT NULL DEFAULT '',
  "post" TEXT NOT NULL DEFAULT '',
  "post_kind" TEXT NOT NULL DEFAULT '',
  "keep" BOOLEAN NOT NULL DEFAULT FALSE,
  "state" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_move_moveset ON reg_move ("moveset", "code");
CREATE INDEX IF NOT EXISTS reg_move_person ON reg_move ("person", "code");
CREATE INDEX IF NOT EXISTS reg_move_kind ON reg_move ("kind", "code");
CREATE INDEX IF NOT EXISTS reg_move_from_unit ON reg_move ("from_unit", "code");
CREATE INDEX IF NOT EXISTS reg_move_unit ON reg_move ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_move_post ON reg_move ("post", "code");
CREATE INDEX IF NOT EXISTS reg_move_state ON reg_move ("state", "code");
CREATE TABLE IF NOT EXISTS reg_delegation (
  "code" TEXT PRIMARY KEY NOT NULL,
  "giver" TEXT NOT NULL DEFAULT '',
  "taker" TEXT NOT NULL DEFAULT '',
  "acts" TEXT NOT NULL DEFAULT '',
  "begin" TEXT NOT NULL DEFAULT '',
  "end" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_delegation_giver ON reg_delegation ("giver", "code");
CREATE INDEX IF NOT EXISTS reg_delegation_taker ON reg_delegation ("taker", "code");
CREATE INDEX IF NOT EXISTS reg_delegation_begin ON reg_delegation ("begin", "code");
CREATE INDEX IF NOT EXISTS reg_delegation_end ON reg_delegation ("end", "code");
CREATE TABLE IF NOT EXISTS reg_action (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "clauses" TEXT NOT NULL DEFAULT '',
  "scope" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_action_name ON reg_action ("name", "code");
CREATE INDEX IF NOT EXISTS reg_action_scope ON reg_action ("scope", "code");
CREATE TABLE IF NOT EXISTS reg_power (
  "code" TEXT PRIMARY KEY NOT NULL,
  "action" TEXT NOT NULL DEFAULT '',
  "role" TEXT NOT NULL DEFAULT '',
  "unit" TEXT NOT NULL DEFAULT '',
  "organ" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_power_action ON reg_power ("action", "code");
CREATE INDEX IF NOT EXISTS reg_power_role ON reg_power ("role", "code");
CREATE INDEX IF NOT EXISTS reg_power_unit ON reg_power ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_power_organ ON reg_power ("organ", "code");
CREATE TABLE IF NOT EXISTS reg_approval (
  "code" TEXT PRIMARY KEY NOT NULL,
  "action" TEXT NOT NULL DEFAULT '',
  "subject" TEXT NOT NULL DEFAULT '',
  "applicant" TEXT NOT NULL DEFAULT '',
  "approver" TEXT NOT NULL DEFAULT '',
  "delegation" TEXT NOT NULL DEFAULT '',
  "at" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_approval_action ON reg_approval ("action", "code");
CREATE INDEX IF NOT EXISTS reg_approval_subject ON reg_approval ("subject", "code");
CREATE INDEX IF NOT EXISTS reg_approval_applicant ON reg_approval ("applicant", "code");
CREATE INDEX IF NOT EXISTS reg_approval_approver ON reg_approval ("approver", "code");
CREATE INDEX IF NOT EXISTS reg_approval_delegation ON reg_approval ("delegation", "code");
CREATE INDEX IF NOT EXISTS reg_approval_at ON reg_approval ("at", "code");
CREATE TABLE IF NOT EXISTS reg_committee (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "chair" TEXT NOT NULL DEFAULT '',
  "unit" TEXT NOT NULL DEFAULT '',
  "since" TEXT NOT NULL DEFAULT '',
  "until" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_committee_name ON reg_committee ("name", "code");
CREATE INDEX IF NOT EXISTS reg_committee_chair ON reg_committee ("chair", "code");
CREATE INDEX IF NOT EXISTS reg_committee_unit ON reg_committee ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_committee_since ON reg_committee ("since", "code");
CREATE INDEX IF NOT EXISTS reg_committee_until ON reg_committee ("until", "code");
CREATE TABLE IF NOT EXISTS reg_meeting (
  "code" TEXT PRIMARY KEY NOT NULL,
  "committee" TEXT NOT NULL DEFAULT '',
  "date" TEXT NOT NULL DEFAULT '',
  "time" TEXT NOT NULL DEFAULT '',
  "place" TEXT NOT NULL DEFAULT '',
  "called" TEXT NOT NULL DEFAULT '',
  "agenda" TEXT NOT NULL DEFAULT '',
  "minutes" TEXT NOT NULL DEFAULT '',
  "record" TEXT NOT NULL DEFAULT '',
  "state" TEXT NOT NULL DEFAULT '',
  "applicant" TEXT NOT NULL DEFAULT '',
  "since" TEXT NOT NULL DEFAULT '',
  "approver" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_meeting_committee ON reg_meeting ("committee", "code");
CREATE INDEX IF NOT EXISTS reg_meeting_date ON reg_meeting ("date", "code");
CREATE INDEX IF NOT EXISTS reg_meeting_minutes ON reg_meeting ("minutes", "code");
CREATE INDEX IF NOT EXISTS reg_meeting_state ON reg_meeting ("state", "code");
CREATE INDEX IF NOT EXISTS reg_meeting_applicant ON reg_meeting ("applicant", "code");
CREATE INDEX IF NOT EXISTS reg_meeting_approver ON reg_meeting ("approver", "code");
CREATE TABLE IF NOT EXISTS reg_agendaitem (
  "code" TEXT PRIMARY KEY NOT NULL,
  "meeting" TEXT NOT NULL DEFAULT '',
  "order" BIGINT NOT NULL DEFAULT 0,
  "kind" TEXT NOT NULL DEFAULT '',
  "name" TEXT NOT NULL DEFAULT '',
  "paper" TEXT NOT NULL DEFAULT '',
  "decided" TEXT NOT NULL DEFAULT '',
  "decision" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_agendaitem_meeting ON reg_agendaitem ("meeting", "code");
CREATE INDEX IF NOT EXISTS reg_agendaitem_order ON reg_agendaitem ("order", "code");
CREATE INDEX IF NOT EXISTS reg_agendaitem_kind ON reg_agendaitem ("kind", "code");
CREATE INDEX IF NOT EXISTS reg_agendaitem_name ON reg_agendaitem ("name", "code");
CREATE INDEX IF NOT EXISTS reg_agendaitem_decided ON reg_agendaitem ("decided", "code");
CREATE TABLE IF NOT EXISTS reg_csirt (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "main" BOOLEAN NOT NULL DEFAULT FALSE,
  "unit" TEXT NOT NULL DEFAULT '',
  "chief" TEXT NOT NULL DEFAULT '',
  "deputy" TEXT NOT NULL DEFAULT '',
  "manager" TEXT NOT NULL DEFAULT '',
  "poc" TEXT NOT NULL DEFAULT '',
  "phone" TEXT NOT NULL DEFAULT '',
  "mail" TEXT NOT NULL DEFAULT '',
  "after_hours" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_csirt_name ON reg_csirt ("name", "code");
CREATE INDEX IF NOT EXISTS reg_csirt_main ON reg_csirt ("main", "code");
CREATE INDEX IF NOT EXISTS reg_csirt_unit ON reg_csirt ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_csirt_chief ON reg_csirt ("chief", "code");
CREATE INDEX IF NOT EXISTS reg_csirt_deputy ON reg_csirt ("deputy", "code");
CREATE INDEX IF NOT EXISTS reg_csirt_manager ON reg_csirt ("manager", "code");
CREATE INDEX IF NOT EXISTS reg_csirt_poc ON reg_csirt ("poc", "code");
CREATE TABLE IF NOT EXISTS reg_task (
  "code" TEXT PRIMARY KEY NOT NULL,
  "csirt" TEXT NOT NULL DEFAULT '',
  "name" TEXT NOT NULL DEFAULT '',
  "assignee" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_task_csirt ON reg_task ("csirt", "code");
CREATE INDEX IF NOT EXISTS reg_task_name ON reg_task ("name", "code");
CREATE INDEX IF NOT EXISTS reg_task_assignee ON reg_task ("assignee", "code");
CREATE TABLE IF NOT EXISTS reg_contact (
  "code" TEXT PRIMARY KEY NOT NULL,
  "body" TEXT NOT NULL DEFAULT '',
  "name" TEXT NOT NULL DEFAULT '',
  "phone" TEXT NOT NULL DEFAULT '',
  "mail" TEXT NOT NULL DEFAULT '',
  "verified" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_contact_body ON reg_contact ("body", "code");
CREATE INDEX IF NOT EXISTS reg_contact_name ON reg_contact ("name", "code");
CREATE INDEX IF NOT EXISTS reg_contact_verified ON reg_contact ("verified", "code");
CREATE TABLE IF NOT EXISTS reg_calltest (
  "code" TEXT PRIMARY KEY NOT NULL,
  "csirt" TEXT NOT NULL DEFAULT '',
  "contact" TEXT NOT NULL DEFAULT '',
  "date" TEXT NOT NULL DEFAULT '',
  "way" TEXT NOT NULL DEFAULT '',
  "by" TEXT NOT NULL DEFAULT '',
  "minutes" BIGINT,
  "result" TEXT NOT NULL DEFAULT '',
  "note" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_calltest_csirt ON reg_calltest ("csirt", "code");
CREATE INDEX IF NOT EXISTS reg_calltest_contact ON reg_calltest ("contact", "code");
CREATE INDEX IF NOT EXISTS reg_calltest_date ON reg_calltest ("date", "code");
CREATE INDEX IF NOT EXISTS reg_calltest_way ON reg_calltest ("way", "code");
CREATE INDEX IF NOT EXISTS reg_calltest_by ON reg_calltest ("by", "code");
CREATE INDEX IF NOT EXISTS reg_calltest_result ON reg_calltest ("result", "code");
CREATE TABLE IF NOT EXISTS reg_advisory (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "source" TEXT NOT NULL DEFAULT '',
  "received" TEXT NOT NULL DEFAULT '',
  "triaged" TEXT NOT NULL DEFAULT '',
  "triaged_by" TEXT NOT NULL DEFAULT '',
  "verdict" TEXT NOT NULL DEFAULT '',
  "systems" TEXT NOT NULL DEFAULT '',
  "assignee" TEXT NOT NULL DEFAULT '',
  "due" TEXT NOT NULL DEFAULT '',
  "result" TEXT NOT NULL DEFAULT '',
  "done" TEXT NOT NULL DEFAULT '',
  "state" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_advisory_name ON reg_advisory ("name", "code");
CREATE INDEX IF NOT EXISTS reg_advisory_source ON reg_advisory ("source", "code");
CREATE INDEX IF NOT EXISTS reg_advisory_received ON reg_advisory ("received", "code");
CREATE INDEX IF NOT EXISTS reg_advisory_triaged ON reg_advisory ("triaged", "code");
CREATE INDEX IF NOT EXISTS reg_advisory_triaged_by ON reg_advisory ("triaged_by", "code");
CREATE INDEX IF NOT EXISTS reg_advisory_assignee ON reg_advisory ("assignee", "code");
CREATE INDEX IF NOT EXISTS reg_advisory_due ON reg_advisory ("due", "code");
CREATE INDEX IF NOT EXISTS reg_advisory_done ON reg_advisory ("done", "code");
CREATE INDEX IF NOT EXISTS reg_advisory_state ON reg_advisory ("state", "code");
CREATE TABLE IF NOT EXISTS reg_asset (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "unit" TEXT NOT NULL DEFAULT '',
  "system" TEXT NOT NULL DEFAULT '',
  "business" TEXT NOT NULL DEFAULT '',
  "form" TEXT NOT NULL DEFAULT '',
  "place" TEXT NOT NULL DEFAULT '',
  "content" TEXT NOT NULL DEFAULT '',
  "confidentiality" TEXT NOT NULL DEFAULT '',
  "integrity" TEXT NOT NULL DEFAULT '',
  "availability" TEXT NOT NULL DEFAULT '',
  "reason" TEXT NOT NULL DEFAULT '',
  "classified" TEXT NOT NULL DEFAULT '',
  "classified_by" TEXT NOT NULL DEFAULT '',
  "scheme" TEXT NOT NULL DEFAULT '',
  "handling" TEXT NOT NULL DEFAULT '',
  "override" BOOLEAN NOT NULL DEFAULT FALSE,
  "persons" BIGINT,
  "file_list" TEXT NOT NULL DEFAULT '',
  "file_list_public" TEXT NOT NULL DEFAULT '',
  "users" TEXT NOT NULL DEFAULT '',
  "source" TEXT NOT NULL DEFAULT '',
  "anonymised" BOOLEAN NOT NULL DEFAULT FALSE,
  "anonymised_by" TEXT NOT NULL DEFAULT '',
  "retention" TEXT NOT NULL DEFAULT '',
  "extended" TEXT NOT NULL DEFAULT '',
  "extend_reason" TEXT NOT NULL DEFAULT '',
  "out_of_scope" TEXT NOT NULL DEFAULT '',
  "status" TEXT NOT NULL DEFAULT '',
  "registered" TEXT NOT NULL DEFAULT '',
  "confirmed" TEXT NOT NULL DEFAULT '',
  "confirmed_by" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_asset_name ON reg_asset ("name", "code");
CREATE INDEX IF NOT EXISTS reg_asset_unit ON reg_asset ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_asset_system ON reg_asset ("system", "code");
CREATE INDEX IF NOT EXISTS reg_asset_form ON reg_asset ("form", "code");
CREATE INDEX IF NOT EXISTS reg_asset_confidentiality ON reg_asset ("confidentiality", "code");
CREATE INDEX IF NOT EXISTS reg_asset_integrity ON reg_asset ("integrity", "code");
CREATE INDEX IF NOT EXISTS reg_asset_availability ON reg_asset ("availability", "code");
CREATE INDEX IF NOT EXISTS reg_asset_classified_by ON reg_asset ("classified_by", "code");
CREATE INDEX IF NOT EXISTS reg_asset_scheme ON reg_asset ("scheme", "code");
CREATE INDEX IF NOT EXISTS reg_asset_source ON reg_asset ("source", "code");
CREATE INDEX IF NOT EXISTS reg_asset_anonymised_by ON reg_asset ("anonymised_by", "code");
CREATE INDEX IF NOT EXISTS reg_asset_out_of_scope ON reg_asset ("out_of_scope", "code");
CREATE INDEX IF NOT EXISTS reg_asset_status ON reg_asset ("status", "code");
CREATE INDEX IF NOT EXISTS reg_asset_confirmed ON reg_asset ("confirmed", "code");
CREATE INDEX IF NOT EXISTS reg_asset_confirmed_by ON reg_asset ("confirmed_by", "code");
CREATE TABLE IF NOT EXISTS reg_system (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "unit" TEXT NOT NULL DEFAULT '',
  "handles" TEXT NOT NULL DEFAULT '',
  "zone" TEXT NOT NULL DEFAULT '',
  "juki" TEXT NOT NULL DEFAULT '',
  "juki_by" TEXT NOT NULL DEFAULT '',
  "juki_on" TEXT NOT NULL DEFAULT '',
  "juki_parts" TEXT NOT NULL DEFAULT '',
  "confidentiality" TEXT NOT NULL DEFAULT '',
  "integrity" TEXT NOT NULL DEFAULT '',
  "availability" TEXT NOT NULL DEFAULT '',
  "rto" BIGINT,
  "backup" TEXT NOT NULL DEFAULT '',
  "bcp" TEXT NOT NULL DEFAULT '',
  "pia" TEXT NOT NULL DEFAULT '',
  "pia_published" TEXT NOT NULL DEFAULT '',
  "pia_due" TEXT NOT NULL DEFAULT '',
  "no_data" BOOLEAN NOT NULL DEFAULT FALSE,
  "inventory" TEXT NOT NULL DEFAULT '',
  "out_of_scope" TEXT NOT NULL DEFAULT '',
  "scope_by" TEXT NOT NULL DEFAULT '',
  "scope_on" TEXT NOT NULL DEFAULT '',
  "status" TEXT NOT NULL DEFAULT '',
  "go_live" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_system_name ON reg_system ("name", "code");
CREATE INDEX IF NOT EXISTS reg_system_unit ON reg_system ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_system_zone ON reg_system ("zone", "code");
CREATE INDEX IF NOT EXISTS reg_system_juki ON reg_system ("juki", "code");
CREATE INDEX IF NOT EXISTS reg_system_juki_by ON reg_system ("juki_by", "code");
CREATE INDEX IF NOT EXISTS reg_system_confidentiality ON reg_system ("confidentiality", "code");
CREATE INDEX IF NOT EXISTS reg_system_integrity ON reg_system ("integrity", "code");
CREATE INDEX IF NOT EXISTS reg_system_availability ON reg_system ("availability", "code");
CREATE INDEX IF NOT EXISTS reg_system_out_of_scope ON reg_system ("out_of_scope", "code");
CREATE INDEX IF NOT EXISTS reg_system_scope_by ON reg_system ("scope_by", "code");
CREATE INDEX IF NOT EXISTS reg_system_status ON reg_system ("status", "code");
CREATE INDEX IF NOT EXISTS reg_system_go_live ON reg_system ("go_live", "code");
CREATE TABLE IF NOT EXISTS reg_control (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "asset" TEXT NOT NULL DEFAULT '',
  "system" TEXT NOT NULL DEFAULT '',
  "properties" TEXT NOT NULL DEFAULT '',
  "status" TEXT NOT NULL DEFAULT '',
  "since" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_control_name ON reg_control ("name", "code");
CREATE INDEX IF NOT EXISTS reg_control_asset ON reg_control ("asset", "code");
CREATE INDEX IF NOT EXISTS reg_control_system ON reg_control ("system", "code");
CREATE INDEX IF NOT EXISTS reg_control_status ON reg_control ("status", "code");
CREATE INDEX IF NOT EXISTS reg_control_since ON reg_control ("since", "code");
CREATE TABLE IF NOT EXISTS reg_stocktake (
  "code" TEXT PRIMARY KEY NOT NULL,
  "unit" TEXT NOT NULL DEFAULT '',
  "fy" BIGINT NOT NULL DEFAULT 0,
  "date" TEXT NOT NULL DEFAULT '',
  "by" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_stocktake_unit ON reg_stocktake ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_stocktake_fy ON reg_stocktake ("fy", "code");
CREATE INDEX IF NOT EXISTS reg_stocktake_date ON reg_stocktake ("date", "code");
CREATE INDEX IF NOT EXISTS reg_stocktake_by ON reg_stocktake ("by", "code");
CREATE TABLE IF NOT EXISTS reg_classchange (
  "code" TEXT PRIMARY KEY NOT NULL,
  "asset" TEXT NOT NULL DEFAULT '',
  "property" TEXT NOT NULL DEFAULT '',
  "old" TEXT NOT NULL DEFAULT '',
  "new" TEXT NOT NULL DEFAULT '',
  "down" BOOLEAN NOT NULL DEFAULT FALSE,
  "editor" TEXT NOT NULL DEFAULT '',
  "approver" TEXT NOT NULL DEFAULT '',
  "at" TEXT NOT NULL DEFAULT '',
  "reason" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_classchange_asset ON reg_classchange ("asset", "code");
CREATE INDEX IF NOT EXISTS reg_classchange_property ON reg_classchange ("property", "code");
CREATE INDEX IF NOT EXISTS reg_classchange_old ON reg_classchange ("old", "code");
CREATE INDEX IF NOT EXISTS reg_classchange_new ON reg_classchange ("new", "code");
CREATE INDEX IF NOT EXISTS reg_classchange_down ON reg_classchange ("down", "code");
CREATE INDEX IF NOT EXISTS reg_classchange_editor ON reg_classchange ("editor", "code");
CREATE INDEX IF NOT EXISTS reg_classchange_approver ON reg_classchange ("approver", "code");
CREATE INDEX IF NOT EXISTS reg_classchange_at ON reg_classchange ("at", "code");
CREATE TABLE IF NOT EXISTS reg_downgrade (
  "code" TEXT PRIMARY KEY NOT NULL,
  "asset" TEXT NOT NULL DEFAULT '',
  "property" TEXT NOT NULL DEFAULT '',
  "old" TEXT NOT NULL DEFAULT '',
  "new" TEXT NOT NULL DEFAULT '',
  "reason" TEXT NOT NULL DEFAULT '',
  "applicant" TEXT NOT NULL DEFAULT '',
  "applied" TEXT NOT NULL DEFAULT '',
  "approver" TEXT NOT NULL DEFAULT '',
  "decided" TEXT NOT NULL DEFAULT '',
  "approved" BOOLEAN NOT NULL DEFAULT FALSE,
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_downgrade_asset ON reg_downgrade ("asset", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_property ON reg_downgrade ("property", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_old ON reg_downgrade ("old", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_new ON reg_downgrade ("new", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_applicant ON reg_downgrade ("applicant", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_applied ON reg_downgrade ("applied", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_approver ON reg_downgrade ("approver", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_decided ON reg_downgrade ("decided", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_approved ON reg_downgrade ("approved", "code");
CREATE TABLE IF NOT EXISTS reg_disposal (
  "code" TEXT PRIMARY KEY NOT NULL,
  "asset" TEXT NOT NULL DEFAULT '',
  "date" TEXT NOT NULL DEFAULT '',
  "method" TEXT NOT NULL DEFAULT '',
  "by" TEXT NOT NULL DEFAULT '',
  "witness" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_disposal_asset ON reg_disposal ("asset", "code");
CREATE INDEX IF NOT EXISTS reg_disposal_date ON reg_disposal ("date", "code");
CREATE INDEX IF NOT EXISTS reg_disposal_method ON reg_disposal ("method", "code");
CREATE INDEX IF NOT EXISTS reg_disposal_by ON reg_disposal ("by", "code");
CREATE INDEX IF NOT EXISTS reg_disposal_witness ON reg_disposal ("witness", "code");
CREATE TABLE IF NOT EXISTS reg_scheme (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "since" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_scheme_name ON reg_scheme ("name", "code");
CREATE INDEX IF NOT EXISTS reg_scheme_since ON reg_scheme ("since", "code");
CREATE TABLE IF NOT EXISTS reg_mapping (
  "code" TEXT PRIMARY KEY NOT NULL,
  "from_scheme" TEXT NOT NULL DEFAULT '',
  "old" TEXT NOT NULL DEFAULT '',
  "to_scheme" TEXT NOT NULL DEFAULT '',
  "new" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_mapping_from_scheme ON reg_mapping ("from_scheme", "code");
CREATE INDEX IF NOT EXISTS reg_mapping_old ON reg_mapping ("old", "code");
CREATE INDEX IF NOT EXISTS reg_mapping_to_scheme ON reg_mapping ("to_scheme", "code");
CREATE INDEX IF NOT EXISTS reg_mapping_new ON reg_mapping ("new", "code");
CREATE TABLE IF NOT EXISTS reg_network (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "zone" TEXT NOT NULL DEFAULT '',
  "unit" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_network_name ON reg_network ("name", "code");
CREATE INDEX IF NOT EXISTS reg_network_zone ON reg_network ("zone", "code");
CREATE INDEX IF NOT EXISTS reg_network_unit ON reg_network ("unit", "code");
CREATE TABLE IF NOT EXISTS reg_device (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "system" TEXT NOT NULL DEFAULT '',
  "network" TEXT NOT NULL DEFAULT '',
  "seen" TEXT NOT NULL DEFAULT '',
  "source" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_device_name ON reg_device ("name", "code");
CREATE INDEX IF NOT EXISTS reg_device_system ON reg_device ("system", "code");
CREATE INDEX IF NOT EXISTS reg_device_network ON reg_device ("network", "code");
CREATE INDEX IF NOT EXISTS reg_device_seen ON reg_device ("seen", "code");
CREATE INDEX IF NOT EXISTS reg_device_source ON reg_device ("source", "code");
CREATE TABLE IF NOT EXISTS reg_flow (
  "code" TEXT PRIMARY KEY NOT NULL,
  "system" TEXT NOT NULL DEFAULT '',
  "zone" TEXT NOT NULL DEFAULT '',
  "purpose" TEXT NOT NULL DEFAULT '',
  "registered" TEXT NOT NULL DEFAULT '',
  "until" TEXT NOT NULL DEFAULT '',
  "observed" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_flow_system ON reg_flow ("system", "code");
CREATE INDEX IF NOT EXISTS reg_flow_zone ON reg_flow ("zone", "code");
CREATE INDEX IF NOT EXISTS reg_flow_purpose ON reg_flow ("purpose", "code");
CREATE INDEX IF NOT EXISTS reg_flow_registered ON reg_flow ("registered", "code");
CREATE INDEX IF NOT EXISTS reg_flow_until ON reg_flow ("until", "code");
CREATE TABLE IF NOT EXISTS reg_store (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "system" TEXT NOT NULL DEFAULT '',
  "asset" TEXT NOT NULL DEFAULT '',
  "seen" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_store_name ON reg_store ("name", "code");
CREATE INDEX IF NOT EXISTS reg_store_system ON reg_store ("system", "code");
CREATE INDEX IF NOT EXISTS reg_store_asset ON reg_store ("asset", "code");
CREATE INDEX IF NOT EXISTS reg_store_seen ON reg_store ("seen", "code");
CREATE TABLE IF NOT EXISTS reg_version (
  "code" TEXT PRIMARY KEY NOT NULL,
  "layer" TEXT NOT NULL DEFAULT '',
  "number" BIGINT NOT NULL DEFAULT 0,
  "name" TEXT NOT NULL DEFAULT '',
  "sha256" TEXT NOT NULL DEFAULT '',
  "state" TEXT NOT NULL DEFAULT '',
  "route" TEXT NOT NULL DEFAULT '',
  "committee" TEXT NOT NULL DEFAULT '',
  "ciso" TEXT NOT NULL DEFAULT '',
  "published" TEXT NOT NULL DEFAULT '',
  "from" TEXT NOT NULL DEFAULT '',
  "until" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_version_layer ON reg_version ("layer", "code");
CREATE INDEX IF NOT EXISTS reg_version_number ON reg_version ("number", "code");
CREATE INDEX IF NOT EXISTS reg_version_name ON reg_version ("name", "code");
CREATE INDEX IF NOT EXISTS reg_version_state ON reg_version ("state", "code");
CREATE INDEX IF NOT EXISTS reg_version_route ON reg_version ("route", "code");
CREATE INDEX IF NOT EXISTS reg_version_from ON reg_version ("from", "code");
CREATE INDEX IF NOT EXISTS reg_version_until ON reg_version ("until", "code");
CREATE TABLE IF NOT EXISTS reg_clause (
  "code" TEXT PRIMARY KEY NOT NULL,
  "version" TEXT NOT NULL DEFAULT '',
  "id" TEXT NOT NULL DEFAULT '',
  "order" BIGINT NOT NULL DEFAULT 0,
  "number" TEXT NOT NULL DEFAULT '',
  "name" TEXT NOT NULL DEFAULT '',
  "text" TEXT NOT NULL DEFAULT '',
  "parents" TEXT NOT NULL DEFAULT '',
  "modal" TEXT NOT NULL DEFAULT '',
  "hash" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_clause_version ON reg_clause ("version", "code");
CREATE INDEX IF NOT EXISTS reg_clause_id ON reg_clause ("id", "code");
CREATE INDEX IF NOT EXISTS reg_clause_number ON reg_clause ("number", "code");
CREATE INDEX IF NOT EXISTS reg_clause_name ON reg_clause ("name", "code");
CREATE TABLE IF NOT EXISTS reg_adoption (
  "code" TEXT PRIMARY KEY NOT NULL,
  "organ" TEXT NOT NULL DEFAULT '',
  "version" TEXT NOT NULL DEFAULT '',
  "by" TEXT NOT NULL DEFAULT '',
  "date" TEXT NOT NULL DEFAULT '',
  "paper" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_adoption_organ ON reg_adoption ("organ", "code");
CREATE INDEX IF NOT EXISTS reg_adoption_version ON reg_adoption ("version", "code");
CREATE INDEX IF NOT EXISTS reg_adoption_by ON reg_adoption ("by", "code");
CREATE INDEX IF NOT EXISTS reg_adoption_date ON reg_adoption ("date", "code");
CREATE INDEX IF NOT EXISTS reg_adoption_paper ON reg_adoption ("paper", "code");
CREATE TABLE IF NOT EXISTS reg_ack (
  "code" TEXT PRIMARY KEY NOT NULL,
  "version" TEXT NOT NULL DEFAULT '',
  "person" TEXT NOT NULL DEFAULT '',
  "contractor" TEXT NOT NULL DEFAULT '',
  "date" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_ack_version ON reg_ack ("version", "code");
CREATE INDEX IF NOT EXISTS reg_ack_person ON reg_ack ("person", "code");
CREATE INDEX IF NOT EXISTS reg_ack_contractor ON reg_ack ("contractor", "code");
CREATE INDEX IF NOT EXISTS reg_ack_date ON reg_ack ("date", "code");
CREATE TABLE IF NOT EXISTS reg_procedure (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "kind" TEXT NOT NULL DEFAULT '',
  "unit" TEXT NOT NULL DEFAULT '',
  "parents" TEXT NOT NULL DEFAULT '',
  "approved" TEXT NOT NULL DEFAULT '',
  "from" TEXT NOT NULL DEFAULT '',
  "until" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_procedure_name ON reg_procedure ("name", "code");
CREATE INDEX IF NOT EXISTS reg_procedure_kind ON reg_procedure ("kind", "code");
CREATE INDEX IF NOT EXISTS reg_procedure_unit ON reg_procedure ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_procedure_approved ON reg_procedure ("approved", "code");
CREATE INDEX IF NOT EXISTS reg_procedure_from ON reg_procedure ("from", "code");
CREATE INDEX IF NOT EXISTS reg_procedure_until ON reg_procedure ("until", "code");
CREATE TABLE IF NOT EXISTS reg_requirement (
  "code" TEXT PRIMARY KEY NOT NULL,
  "procedure" TEXT NOT NULL DEFAULT '',
  "parameter" TEXT NOT NULL DEFAULT '',
  "value" BIGINT,
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_requirement_procedure ON reg_requirement ("procedure", "code");
CREATE INDEX IF NOT EXISTS reg_requirement_parameter ON reg_requirement ("parameter", "code");
CREATE INDEX IF NOT EXISTS reg_requirement_value ON reg_requirement ("value", "code");
CREATE TABLE IF NOT EXISTS reg_parameter (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "value" BIGINT,
  "text" TEXT NOT NULL DEFAULT '',
  "measure" TEXT NOT NULL DEFAULT '',
  "direction" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_parameter_name ON reg_parameter ("name", "code");
CREATE INDEX IF NOT EXISTS reg_parameter_value ON reg_parameter ("value", "code");
CREATE INDEX IF NOT EXISTS reg_parameter_text ON reg_parameter ("text", "code");
CREATE INDEX IF NOT EXISTS reg_parameter_measure ON reg_parameter ("measure", "code");
CREATE INDEX IF NOT EXISTS reg_parameter_direction ON reg_parameter ("direction", "code");
CREATE TABLE IF NOT EXISTS reg_exception (
  "code" TEXT PRIMARY KEY NOT NULL,
  "check" TEXT NOT NULL DEFAULT '',
  "subject" TEXT NOT NULL DEFAULT '',
  "reason" TEXT NOT NULL DEFAULT '',
  "alternative" TEXT NOT NULL DEFAULT '',
  "applicant" TEXT NOT NULL DEFAULT '',
  "approver" TEXT NOT NULL DEFAULT '',
  "approved" TEXT NOT NULL DEFAULT '',
  "until" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_exception_check ON reg_exception ("check", "code");
CREATE INDEX IF NOT EXISTS reg_exception_subject ON reg_exception ("subject", "code");
CREATE INDEX IF NOT EXISTS reg_exception_applicant ON reg_exception ("applicant", "code");
CREATE INDEX IF NOT EXISTS reg_exception_approver ON reg_exception ("approver", "code");
CREATE INDEX IF NOT EXISTS reg_exception_approved ON reg_exception ("approved", "code");
CREATE INDEX IF NOT EXISTS reg_exception_until ON reg_exception ("until", "code");
CREATE TABLE IF NOT EXISTS reg_contractor (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_contractor_name ON reg_contractor ("name", "code");
CREATE TABLE IF NOT EXISTS reg_contract (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "contractor" TEXT NOT NULL DEFAULT '',
  "unit" TEXT NOT NULL DEFAULT '',
  "from" TEXT NOT NULL DEFAULT '',
  "until" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_contract_name ON reg_contract ("name", "code");
CREATE INDEX IF NOT EXISTS reg_contract_contractor ON reg_contract ("contractor", "code");
CREATE INDEX IF NOT EXISTS reg_contract_unit ON reg_contract ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_contract_from ON reg_contract ("from", "code");
CREATE INDEX IF NOT EXISTS reg_contract_until ON reg_contract ("until", "code");
CREATE TABLE IF NOT EXISTS reg_audit (
  "code" TEXT PRIMARY KEY NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "unit" TEXT NOT NULL DEFAULT '',
  "auditors" TEXT NOT NULL DEFAULT '',
  "date" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_audit_name ON reg_audit ("name", "code");
CREATE INDEX IF NOT EXISTS reg_audit_unit ON reg_audit ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_audit_date ON reg_audit ("date", "code");
CREATE TABLE IF NOT EXISTS reg_transfer (
  "code" TEXT PRIMARY KEY NOT NULL,
  "person" TEXT NOT NULL DEFAULT '',
  "unit" TEXT NOT NULL DEFAULT '',
  "until" TEXT NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_transfer_person ON reg_transfer ("person", "code");
CREATE INDEX IF NOT EXISTS reg_transfer_unit ON reg_transfer ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_transfer_until ON reg_transfer ("until", "code");
-- postgresql
CREATE TABLE IF NOT EXISTS reg_city (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "pack" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_city_name ON reg_city ("name", "code");
CREATE TABLE IF NOT EXISTS reg_organ (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "kind" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "open" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "close" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_organ_name ON reg_organ ("name", "code");
CREATE INDEX IF NOT EXISTS reg_organ_kind ON reg_organ ("kind", "code");
CREATE INDEX IF NOT EXISTS reg_organ_open ON reg_organ ("open", "code");
CREATE INDEX IF NOT EXISTS reg_organ_close ON reg_organ ("close", "code");
CREATE TABLE IF NOT EXISTS reg_unit (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "kana" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "kind" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "organ" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "parent" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "hr_code" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "open" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "close" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_unit_name ON reg_unit ("name", "code");
CREATE INDEX IF NOT EXISTS reg_unit_kind ON reg_unit ("kind", "code");
CREATE INDEX IF NOT EXISTS reg_unit_organ ON reg_unit ("organ", "code");
CREATE INDEX IF NOT EXISTS reg_unit_parent ON reg_unit ("parent", "code");
CREATE INDEX IF NOT EXISTS reg_unit_open ON reg_unit ("open", "code");
CREATE INDEX IF NOT EXISTS reg_unit_close ON reg_unit ("close", "code");
CREATE TABLE IF NOT EXISTS reg_hrunit (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "collected" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_hrunit_name ON reg_hrunit ("name", "code");
CREATE INDEX IF NOT EXISTS reg_hrunit_collected ON reg_hrunit ("collected", "code");
CREATE TABLE IF NOT EXISTS reg_person (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "kana" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "unit" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "employment" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "title" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "contract" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "joined" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "left" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "mail" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_person_name ON reg_person ("name", "code");
CREATE INDEX IF NOT EXISTS reg_person_kana ON reg_person ("kana", "code");
CREATE INDEX IF NOT EXISTS reg_person_unit ON reg_person ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_person_employment ON reg_person ("employment", "code");
CREATE INDEX IF NOT EXISTS reg_person_title ON reg_person ("title", "code");
CREATE INDEX IF NOT EXISTS reg_person_contract ON reg_person ("contract", "code") WHERE "contract" <> '';
CREATE INDEX IF NOT EXISTS reg_person_joined ON reg_person ("joined", "code");
CREATE INDEX IF NOT EXISTS reg_person_left ON reg_person ("left", "code");
CREATE TABLE IF NOT EXISTS reg_post (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "role" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "scope" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "unit" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "system" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "from" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "until" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_post_role ON reg_post ("role", "code");
CREATE INDEX IF NOT EXISTS reg_post_scope ON reg_post ("scope", "code");
CREATE INDEX IF NOT EXISTS reg_post_unit ON reg_post ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_post_system ON reg_post ("system", "code");
CREATE INDEX IF NOT EXISTS reg_post_name ON reg_post ("name", "code");
CREATE INDEX IF NOT EXISTS reg_post_from ON reg_post ("from", "code");
CREATE INDEX IF NOT EXISTS reg_post_until ON reg_post ("until", "code");
CREATE TABLE IF NOT EXISTS reg_assignment (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "post" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "person" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "kind" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "from" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "until" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "handover" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "first" BOOLEAN NOT NULL DEFAULT FALSE,
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_assignment_post ON reg_assignment ("post", "code");
CREATE INDEX IF NOT EXISTS reg_assignment_person ON reg_assignment ("person", "code");
CREATE INDEX IF NOT EXISTS reg_assignment_kind ON reg_assignment ("kind", "code");
CREATE INDEX IF NOT EXISTS reg_assignment_from ON reg_assignment ("from", "code");
CREATE INDEX IF NOT EXISTS reg_assignment_until ON reg_assignment ("until", "code");
CREATE INDEX IF NOT EXISTS reg_assignment_handover ON reg_assignment ("handover", "code");
CREATE TABLE IF NOT EXISTS reg_moveset (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "date" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "state" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "applicant" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "since" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "confirmer" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "hash" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_moveset_name ON reg_moveset ("name", "code");
CREATE INDEX IF NOT EXISTS reg_moveset_date ON reg_moveset ("date", "code");
CREATE INDEX IF NOT EXISTS reg_moveset_state ON reg_moveset ("state", "code");
CREATE INDEX IF NOT EXISTS reg_moveset_applicant ON reg_moveset ("applicant", "code") WHERE "applicant" <> '';
CREATE INDEX IF NOT EXISTS reg_moveset_confirmer ON reg_moveset ("confirmer", "code") WHERE "confirmer" <> '';
CREATE TABLE IF NOT EXISTS reg_move (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "moveset" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "person" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "kind" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "from_unit" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "unit" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "title" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "post" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "post_kind" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "keep" BOOLEAN NOT NULL DEFAULT FALSE,
  "state" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_move_moveset ON reg_move ("moveset", "code");
CREATE INDEX IF NOT EXISTS reg_move_person ON reg_move ("person", "code");
CREATE INDEX IF NOT EXISTS reg_move_kind ON reg_move ("kind", "code");
CREATE INDEX IF NOT EXISTS reg_move_from_unit ON reg_move ("from_unit", "code");
CREATE INDEX IF NOT EXISTS reg_move_unit ON reg_move ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_move_post ON reg_move ("post", "code");
CREATE INDEX IF NOT EXISTS reg_move_state ON reg_move ("state", "code");
CREATE TABLE IF NOT EXISTS reg_delegation (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "giver" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "taker" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "acts" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "begin" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "end" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_delegation_giver ON reg_delegation ("giver", "code");
CREATE INDEX IF NOT EXISTS reg_delegation_taker ON reg_delegation ("taker", "code");
CREATE INDEX IF NOT EXISTS reg_delegation_begin ON reg_delegation ("begin", "code");
CREATE INDEX IF NOT EXISTS reg_delegation_end ON reg_delegation ("end", "code");
CREATE TABLE IF NOT EXISTS reg_action (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "clauses" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "scope" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_action_name ON reg_action ("name", "code");
CREATE INDEX IF NOT EXISTS reg_action_scope ON reg_action ("scope", "code");
CREATE TABLE IF NOT EXISTS reg_power (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "action" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "role" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "unit" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "organ" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_power_action ON reg_power ("action", "code");
CREATE INDEX IF NOT EXISTS reg_power_role ON reg_power ("role", "code");
CREATE INDEX IF NOT EXISTS reg_power_unit ON reg_power ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_power_organ ON reg_power ("organ", "code");
CREATE TABLE IF NOT EXISTS reg_approval (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "action" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "subject" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "applicant" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "approver" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "delegation" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "at" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_approval_action ON reg_approval ("action", "code");
CREATE INDEX IF NOT EXISTS reg_approval_subject ON reg_approval ("subject", "code");
CREATE INDEX IF NOT EXISTS reg_approval_applicant ON reg_approval ("applicant", "code");
CREATE INDEX IF NOT EXISTS reg_approval_approver ON reg_approval ("approver", "code");
CREATE INDEX IF NOT EXISTS reg_approval_delegation ON reg_approval ("delegation", "code");
CREATE INDEX IF NOT EXISTS reg_approval_at ON reg_approval ("at", "code");
CREATE TABLE IF NOT EXISTS reg_committee (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "chair" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "unit" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "since" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "until" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_committee_name ON reg_committee ("name", "code");
CREATE INDEX IF NOT EXISTS reg_committee_chair ON reg_committee ("chair", "code");
CREATE INDEX IF NOT EXISTS reg_committee_unit ON reg_committee ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_committee_since ON reg_committee ("since", "code");
CREATE INDEX IF NOT EXISTS reg_committee_until ON reg_committee ("until", "code");
CREATE TABLE IF NOT EXISTS reg_meeting (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "committee" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "date" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "time" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "place" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "called" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "agenda" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "minutes" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "record" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "state" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "applicant" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "since" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "approver" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_meeting_committee ON reg_meeting ("committee", "code");
CREATE INDEX IF NOT EXISTS reg_meeting_date ON reg_meeting ("date", "code");
CREATE INDEX IF NOT EXISTS reg_meeting_minutes ON reg_meeting ("minutes", "code");
CREATE INDEX IF NOT EXISTS reg_meeting_state ON reg_meeting ("state", "code");
CREATE INDEX IF NOT EXISTS reg_meeting_applicant ON reg_meeting ("applicant", "code") WHERE "applicant" <> '';
CREATE INDEX IF NOT EXISTS reg_meeting_approver ON reg_meeting ("approver", "code") WHERE "approver" <> '';
CREATE TABLE IF NOT EXISTS reg_agendaitem (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "meeting" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "order" BIGINT NOT NULL DEFAULT 0,
  "kind" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "paper" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "decided" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "decision" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_agendaitem_meeting ON reg_agendaitem ("meeting", "code");
CREATE INDEX IF NOT EXISTS reg_agendaitem_order ON reg_agendaitem ("order", "code");
CREATE INDEX IF NOT EXISTS reg_agendaitem_kind ON reg_agendaitem ("kind", "code");
CREATE INDEX IF NOT EXISTS reg_agendaitem_name ON reg_agendaitem ("name", "code");
CREATE INDEX IF NOT EXISTS reg_agendaitem_decided ON reg_agendaitem ("decided", "code");
CREATE TABLE IF NOT EXISTS reg_csirt (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "main" BOOLEAN NOT NULL DEFAULT FALSE,
  "unit" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "chief" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "deputy" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "manager" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "poc" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "phone" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "mail" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "after_hours" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_csirt_name ON reg_csirt ("name", "code");
CREATE INDEX IF NOT EXISTS reg_csirt_main ON reg_csirt ("main", "code");
CREATE INDEX IF NOT EXISTS reg_csirt_unit ON reg_csirt ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_csirt_chief ON reg_csirt ("chief", "code");
CREATE INDEX IF NOT EXISTS reg_csirt_deputy ON reg_csirt ("deputy", "code") WHERE "deputy" <> '';
CREATE INDEX IF NOT EXISTS reg_csirt_manager ON reg_csirt ("manager", "code") WHERE "manager" <> '';
CREATE INDEX IF NOT EXISTS reg_csirt_poc ON reg_csirt ("poc", "code") WHERE "poc" <> '';
CREATE TABLE IF NOT EXISTS reg_task (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "csirt" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "assignee" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_task_csirt ON reg_task ("csirt", "code");
CREATE INDEX IF NOT EXISTS reg_task_name ON reg_task ("name", "code");
CREATE INDEX IF NOT EXISTS reg_task_assignee ON reg_task ("assignee", "code");
CREATE TABLE IF NOT EXISTS reg_contact (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "body" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "phone" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "mail" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "verified" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_contact_body ON reg_contact ("body", "code");
CREATE INDEX IF NOT EXISTS reg_contact_name ON reg_contact ("name", "code");
CREATE INDEX IF NOT EXISTS reg_contact_verified ON reg_contact ("verified", "code");
CREATE TABLE IF NOT EXISTS reg_calltest (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "csirt" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "contact" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "date" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "way" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "by" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "minutes" BIGINT,
  "result" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "note" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_calltest_csirt ON reg_calltest ("csirt", "code");
CREATE INDEX IF NOT EXISTS reg_calltest_contact ON reg_calltest ("contact", "code");
CREATE INDEX IF NOT EXISTS reg_calltest_date ON reg_calltest ("date", "code");
CREATE INDEX IF NOT EXISTS reg_calltest_way ON reg_calltest ("way", "code");
CREATE INDEX IF NOT EXISTS reg_calltest_by ON reg_calltest ("by", "code");
CREATE INDEX IF NOT EXISTS reg_calltest_result ON reg_calltest ("result", "code");
CREATE TABLE IF NOT EXISTS reg_advisory (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "source" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "received" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "triaged" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "triaged_by" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "verdict" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "systems" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "assignee" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "due" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "result" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "done" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "state" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_advisory_name ON reg_advisory ("name", "code");
CREATE INDEX IF NOT EXISTS reg_advisory_source ON reg_advisory ("source", "code");
CREATE INDEX IF NOT EXISTS reg_advisory_received ON reg_advisory ("received", "code");
CREATE INDEX IF NOT EXISTS reg_advisory_triaged ON reg_advisory ("triaged", "code");
CREATE INDEX IF NOT EXISTS reg_advisory_triaged_by ON reg_advisory ("triaged_by", "code") WHERE "triaged_by" <> '';
CREATE INDEX IF NOT EXISTS reg_advisory_assignee ON reg_advisory ("assignee", "code");
CREATE INDEX IF NOT EXISTS reg_advisory_due ON reg_advisory ("due", "code");
CREATE INDEX IF NOT EXISTS reg_advisory_done ON reg_advisory ("done", "code");
CREATE INDEX IF NOT EXISTS reg_advisory_state ON reg_advisory ("state", "code");
CREATE TABLE IF NOT EXISTS reg_asset (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "unit" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "system" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "business" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "form" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "place" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "content" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "confidentiality" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "integrity" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "availability" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "reason" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "classified" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "classified_by" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "scheme" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "handling" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "override" BOOLEAN NOT NULL DEFAULT FALSE,
  "persons" BIGINT,
  "file_list" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "file_list_public" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "users" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "source" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "anonymised" BOOLEAN NOT NULL DEFAULT FALSE,
  "anonymised_by" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "retention" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "extended" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "extend_reason" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "out_of_scope" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "status" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "registered" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "confirmed" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "confirmed_by" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_asset_name ON reg_asset ("name", "code");
CREATE INDEX IF NOT EXISTS reg_asset_unit ON reg_asset ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_asset_system ON reg_asset ("system", "code");
CREATE INDEX IF NOT EXISTS reg_asset_form ON reg_asset ("form", "code");
CREATE INDEX IF NOT EXISTS reg_asset_confidentiality ON reg_asset ("confidentiality", "code");
CREATE INDEX IF NOT EXISTS reg_asset_integrity ON reg_asset ("integrity", "code");
CREATE INDEX IF NOT EXISTS reg_asset_availability ON reg_asset ("availability", "code");
CREATE INDEX IF NOT EXISTS reg_asset_classified_by ON reg_asset ("classified_by", "code") WHERE "classified_by" <> '';
CREATE INDEX IF NOT EXISTS reg_asset_scheme ON reg_asset ("scheme", "code");
CREATE INDEX IF NOT EXISTS reg_asset_source ON reg_asset ("source", "code") WHERE "source" <> '';
CREATE INDEX IF NOT EXISTS reg_asset_anonymised_by ON reg_asset ("anonymised_by", "code") WHERE "anonymised_by" <> '';
CREATE INDEX IF NOT EXISTS reg_asset_out_of_scope ON reg_asset ("out_of_scope", "code");
CREATE INDEX IF NOT EXISTS reg_asset_status ON reg_asset ("status", "code");
CREATE INDEX IF NOT EXISTS reg_asset_confirmed ON reg_asset ("confirmed", "code");
CREATE INDEX IF NOT EXISTS reg_asset_confirmed_by ON reg_asset ("confirmed_by", "code") WHERE "confirmed_by" <> '';
CREATE TABLE IF NOT EXISTS reg_system (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "unit" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "handles" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "zone" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "juki" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "juki_by" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "juki_on" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "juki_parts" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "confidentiality" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "integrity" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "availability" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "rto" BIGINT,
  "backup" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "bcp" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "pia" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "pia_published" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "pia_due" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "no_data" BOOLEAN NOT NULL DEFAULT FALSE,
  "inventory" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "out_of_scope" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "scope_by" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "scope_on" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "status" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "go_live" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_system_name ON reg_system ("name", "code");
CREATE INDEX IF NOT EXISTS reg_system_unit ON reg_system ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_system_zone ON reg_system ("zone", "code");
CREATE INDEX IF NOT EXISTS reg_system_juki ON reg_system ("juki", "code");
CREATE INDEX IF NOT EXISTS reg_system_juki_by ON reg_system ("juki_by", "code") WHERE "juki_by" <> '';
CREATE INDEX IF NOT EXISTS reg_system_confidentiality ON reg_system ("confidentiality", "code");
CREATE INDEX IF NOT EXISTS reg_system_integrity ON reg_system ("integrity", "code");
CREATE INDEX IF NOT EXISTS reg_system_availability ON reg_system ("availability", "code");
CREATE INDEX IF NOT EXISTS reg_system_out_of_scope ON reg_system ("out_of_scope", "code");
CREATE INDEX IF NOT EXISTS reg_system_scope_by ON reg_system ("scope_by", "code") WHERE "scope_by" <> '';
CREATE INDEX IF NOT EXISTS reg_system_status ON reg_system ("status", "code");
CREATE INDEX IF NOT EXISTS reg_system_go_live ON reg_system ("go_live", "code");
CREATE TABLE IF NOT EXISTS reg_control (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "asset" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "system" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "properties" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "status" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "since" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_control_name ON reg_control ("name", "code");
CREATE INDEX IF NOT EXISTS reg_control_asset ON reg_control ("asset", "code");
CREATE INDEX IF NOT EXISTS reg_control_system ON reg_control ("system", "code");
CREATE INDEX IF NOT EXISTS reg_control_status ON reg_control ("status", "code");
CREATE INDEX IF NOT EXISTS reg_control_since ON reg_control ("since", "code");
CREATE TABLE IF NOT EXISTS reg_stocktake (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "unit" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "fy" BIGINT NOT NULL DEFAULT 0,
  "date" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "by" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_stocktake_unit ON reg_stocktake ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_stocktake_fy ON reg_stocktake ("fy", "code");
CREATE INDEX IF NOT EXISTS reg_stocktake_date ON reg_stocktake ("date", "code");
CREATE INDEX IF NOT EXISTS reg_stocktake_by ON reg_stocktake ("by", "code");
CREATE TABLE IF NOT EXISTS reg_classchange (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "asset" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "property" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "old" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "new" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "down" BOOLEAN NOT NULL DEFAULT FALSE,
  "editor" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "approver" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "at" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "reason" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_classchange_asset ON reg_classchange ("asset", "code");
CREATE INDEX IF NOT EXISTS reg_classchange_property ON reg_classchange ("property", "code");
CREATE INDEX IF NOT EXISTS reg_classchange_old ON reg_classchange ("old", "code");
CREATE INDEX IF NOT EXISTS reg_classchange_new ON reg_classchange ("new", "code");
CREATE INDEX IF NOT EXISTS reg_classchange_down ON reg_classchange ("down", "code");
CREATE INDEX IF NOT EXISTS reg_classchange_editor ON reg_classchange ("editor", "code");
CREATE INDEX IF NOT EXISTS reg_classchange_approver ON reg_classchange ("approver", "code");
CREATE INDEX IF NOT EXISTS reg_classchange_at ON reg_classchange ("at", "code");
CREATE TABLE IF NOT EXISTS reg_downgrade (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "asset" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "property" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "old" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "new" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "reason" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "applicant" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "applied" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "approver" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "decided" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "approved" BOOLEAN NOT NULL DEFAULT FALSE,
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_downgrade_asset ON reg_downgrade ("asset", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_property ON reg_downgrade ("property", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_old ON reg_downgrade ("old", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_new ON reg_downgrade ("new", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_applicant ON reg_downgrade ("applicant", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_applied ON reg_downgrade ("applied", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_approver ON reg_downgrade ("approver", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_decided ON reg_downgrade ("decided", "code");
CREATE INDEX IF NOT EXISTS reg_downgrade_approved ON reg_downgrade ("approved", "code");
CREATE TABLE IF NOT EXISTS reg_disposal (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "asset" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "date" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "method" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "by" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "witness" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_disposal_asset ON reg_disposal ("asset", "code");
CREATE INDEX IF NOT EXISTS reg_disposal_date ON reg_disposal ("date", "code");
CREATE INDEX IF NOT EXISTS reg_disposal_method ON reg_disposal ("method", "code");
CREATE INDEX IF NOT EXISTS reg_disposal_by ON reg_disposal ("by", "code");
CREATE INDEX IF NOT EXISTS reg_disposal_witness ON reg_disposal ("witness", "code");
CREATE TABLE IF NOT EXISTS reg_scheme (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "since" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_scheme_name ON reg_scheme ("name", "code");
CREATE INDEX IF NOT EXISTS reg_scheme_since ON reg_scheme ("since", "code");
CREATE TABLE IF NOT EXISTS reg_mapping (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "from_scheme" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "old" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "to_scheme" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "new" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_mapping_from_scheme ON reg_mapping ("from_scheme", "code");
CREATE INDEX IF NOT EXISTS reg_mapping_old ON reg_mapping ("old", "code");
CREATE INDEX IF NOT EXISTS reg_mapping_to_scheme ON reg_mapping ("to_scheme", "code");
CREATE INDEX IF NOT EXISTS reg_mapping_new ON reg_mapping ("new", "code");
CREATE TABLE IF NOT EXISTS reg_network (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "zone" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "unit" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_network_name ON reg_network ("name", "code");
CREATE INDEX IF NOT EXISTS reg_network_zone ON reg_network ("zone", "code");
CREATE INDEX IF NOT EXISTS reg_network_unit ON reg_network ("unit", "code");
CREATE TABLE IF NOT EXISTS reg_device (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "system" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "network" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "seen" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "source" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_device_name ON reg_device ("name", "code");
CREATE INDEX IF NOT EXISTS reg_device_system ON reg_device ("system", "code");
CREATE INDEX IF NOT EXISTS reg_device_network ON reg_device ("network", "code");
CREATE INDEX IF NOT EXISTS reg_device_seen ON reg_device ("seen", "code");
CREATE INDEX IF NOT EXISTS reg_device_source ON reg_device ("source", "code");
CREATE TABLE IF NOT EXISTS reg_flow (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "system" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "zone" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "purpose" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "registered" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "until" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "observed" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_flow_system ON reg_flow ("system", "code");
CREATE INDEX IF NOT EXISTS reg_flow_zone ON reg_flow ("zone", "code");
CREATE INDEX IF NOT EXISTS reg_flow_purpose ON reg_flow ("purpose", "code");
CREATE INDEX IF NOT EXISTS reg_flow_registered ON reg_flow ("registered", "code");
CREATE INDEX IF NOT EXISTS reg_flow_until ON reg_flow ("until", "code");
CREATE TABLE IF NOT EXISTS reg_store (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "system" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "asset" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "seen" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_store_name ON reg_store ("name", "code");
CREATE INDEX IF NOT EXISTS reg_store_system ON reg_store ("system", "code");
CREATE INDEX IF NOT EXISTS reg_store_asset ON reg_store ("asset", "code");
CREATE INDEX IF NOT EXISTS reg_store_seen ON reg_store ("seen", "code");
CREATE TABLE IF NOT EXISTS reg_version (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "layer" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "number" BIGINT NOT NULL DEFAULT 0,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "sha256" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "state" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "route" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "committee" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "ciso" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "published" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "from" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "until" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_version_layer ON reg_version ("layer", "code");
CREATE INDEX IF NOT EXISTS reg_version_number ON reg_version ("number", "code");
CREATE INDEX IF NOT EXISTS reg_version_name ON reg_version ("name", "code");
CREATE INDEX IF NOT EXISTS reg_version_state ON reg_version ("state", "code");
CREATE INDEX IF NOT EXISTS reg_version_route ON reg_version ("route", "code");
CREATE INDEX IF NOT EXISTS reg_version_from ON reg_version ("from", "code");
CREATE INDEX IF NOT EXISTS reg_version_until ON reg_version ("until", "code");
CREATE TABLE IF NOT EXISTS reg_clause (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "version" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "id" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "order" BIGINT NOT NULL DEFAULT 0,
  "number" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "text" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "parents" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "modal" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "hash" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_clause_version ON reg_clause ("version", "code");
CREATE INDEX IF NOT EXISTS reg_clause_id ON reg_clause ("id", "code");
CREATE INDEX IF NOT EXISTS reg_clause_number ON reg_clause ("number", "code");
CREATE INDEX IF NOT EXISTS reg_clause_name ON reg_clause ("name", "code");
CREATE TABLE IF NOT EXISTS reg_adoption (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "organ" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "version" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "by" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "date" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "paper" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_adoption_organ ON reg_adoption ("organ", "code");
CREATE INDEX IF NOT EXISTS reg_adoption_version ON reg_adoption ("version", "code");
CREATE INDEX IF NOT EXISTS reg_adoption_by ON reg_adoption ("by", "code");
CREATE INDEX IF NOT EXISTS reg_adoption_date ON reg_adoption ("date", "code");
CREATE INDEX IF NOT EXISTS reg_adoption_paper ON reg_adoption ("paper", "code");
CREATE TABLE IF NOT EXISTS reg_ack (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "version" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "person" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "contractor" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "date" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_ack_version ON reg_ack ("version", "code");
CREATE INDEX IF NOT EXISTS reg_ack_person ON reg_ack ("person", "code");
CREATE INDEX IF NOT EXISTS reg_ack_contractor ON reg_ack ("contractor", "code");
CREATE INDEX IF NOT EXISTS reg_ack_date ON reg_ack ("date", "code");
CREATE TABLE IF NOT EXISTS reg_procedure (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "kind" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "unit" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "parents" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "approved" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "from" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "until" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_procedure_name ON reg_procedure ("name", "code");
CREATE INDEX IF NOT EXISTS reg_procedure_kind ON reg_procedure ("kind", "code");
CREATE INDEX IF NOT EXISTS reg_procedure_unit ON reg_procedure ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_procedure_approved ON reg_procedure ("approved", "code");
CREATE INDEX IF NOT EXISTS reg_procedure_from ON reg_procedure ("from", "code");
CREATE INDEX IF NOT EXISTS reg_procedure_until ON reg_procedure ("until", "code");
CREATE TABLE IF NOT EXISTS reg_requirement (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "procedure" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "parameter" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "value" BIGINT,
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_requirement_procedure ON reg_requirement ("procedure", "code");
CREATE INDEX IF NOT EXISTS reg_requirement_parameter ON reg_requirement ("parameter", "code");
CREATE INDEX IF NOT EXISTS reg_requirement_value ON reg_requirement ("value", "code");
CREATE TABLE IF NOT EXISTS reg_parameter (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "value" BIGINT,
  "text" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "measure" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "direction" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_parameter_name ON reg_parameter ("name", "code");
CREATE INDEX IF NOT EXISTS reg_parameter_value ON reg_parameter ("value", "code");
CREATE INDEX IF NOT EXISTS reg_parameter_text ON reg_parameter ("text", "code");
CREATE INDEX IF NOT EXISTS reg_parameter_measure ON reg_parameter ("measure", "code");
CREATE INDEX IF NOT EXISTS reg_parameter_direction ON reg_parameter ("direction", "code");
CREATE TABLE IF NOT EXISTS reg_exception (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "check" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "subject" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "reason" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "alternative" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "applicant" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "approver" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "approved" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "until" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_exception_check ON reg_exception ("check", "code");
CREATE INDEX IF NOT EXISTS reg_exception_subject ON reg_exception ("subject", "code");
CREATE INDEX IF NOT EXISTS reg_exception_applicant ON reg_exception ("applicant", "code");
CREATE INDEX IF NOT EXISTS reg_exception_approver ON reg_exception ("approver", "code");
CREATE INDEX IF NOT EXISTS reg_exception_approved ON reg_exception ("approved", "code");
CREATE INDEX IF NOT EXISTS reg_exception_until ON reg_exception ("until", "code");
CREATE TABLE IF NOT EXISTS reg_contractor (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_contractor_name ON reg_contractor ("name", "code");
CREATE TABLE IF NOT EXISTS reg_contract (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "contractor" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "unit" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "from" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "until" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_contract_name ON reg_contract ("name", "code");
CREATE INDEX IF NOT EXISTS reg_contract_contractor ON reg_contract ("contractor", "code");
CREATE INDEX IF NOT EXISTS reg_contract_unit ON reg_contract ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_contract_from ON reg_contract ("from", "code");
CREATE INDEX IF NOT EXISTS reg_contract_until ON reg_contract ("until", "code");
CREATE TABLE IF NOT EXISTS reg_audit (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "unit" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "auditors" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "date" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_audit_name ON reg_audit ("name", "code");
CREATE INDEX IF NOT EXISTS reg_audit_unit ON reg_audit ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_audit_date ON reg_audit ("date", "code");
CREATE TABLE IF NOT EXISTS reg_transfer (
  "code" TEXT COLLATE "C" PRIMARY KEY,
  "person" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "unit" TEXT COLLATE "C" NOT NULL DEFAULT '',
  "until" TEXT COLLATE "C" NOT NULL DEFAULT '',
  row_version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE);
CREATE INDEX IF NOT EXISTS reg_transfer_person ON reg_transfer ("person", "code");
CREATE INDEX IF NOT EXISTS reg_transfer_unit ON reg_transfer ("unit", "code");
CREATE INDEX IF NOT EXISTS reg_transfer_until ON reg_transfer ("until", "code");
