"""Each trap done wrong in a copy of the facts: its check in test_traps.py reports it, so the check can fail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_traps import CHECKS, Facts

# The trap, the record, its words as they are, and as they must not be.
MISTAKES = [
    ("01_conditional_offer", "kim-offer-to-washington-only-if", "  condition: kim-terms-for-washington\n", ""),
    ("01_conditional_offer", "kim-terms-for-washington", "form: only-if", "form: if"),
    ("02_if_against_only_if", "terms-if-or-only-if", "kim-offer-to-washington-if, ", ""),
    ("03_unless_is_a_refusal", "kim-refuses-talks-unless", "kind: refusal", "kind: offer"),
    (
        "04_conditions_of_different_dates",
        "kim-offer-to-washington-if",
        "  kind: offer",
        "  updates: kim-refuses-talks-unless\n  kind: offer",
    ),
    (
        "05_nuclear_is_not_in_kims_terms",
        "kim-terms-for-washington",
        "North Korea’s status as set out",
        "North Korea’s nuclear status as set out",
    ),
    (
        "06_omission_is_a_fact_with_scope",
        "north-korea-absent-from-strategy-2025",
        "  scope: us-security-strategy-2025\n",
        "",
    ),
    (
        "07_low_focus_is_not_omission",
        "north-korea-absent-from-strategy-2025",
        "absent: north-korea",
        "absent: [north-korea, south-korea]",
    ),
    ("08_no_contact_announced", "no-official-contact-announced", "has been announced.", "took place."),
    (
        "09_removed_goal_has_no_agent",
        "reunification-goal-removed",
        "  notStated: [participant]",
        "  participant: kim-jong-un",
    ),
    ("10_age_is_two_statements", "kim-ju-ae-reported-about-13", "status: attributed", "status: own-voice"),
    ("11_ordered_is_not_a_weapon", "underwater-launched-icbm", "value: called-for", "value: deployed"),
    (
        "12_calls_ordered_accelerated",
        "weapons-called-for-or-ordered",
        "between: [state-media-on-weapons-calls, ",
        "between: [",
    ),
    (
        "13_stock_is_presupposed_only",
        "kcna-on-accelerated-weapons-order",
        "  kind: order",
        '  value: 30\n  unit: "warheads"\n  kind: order',
    ),
    ("14_inspected_is_all", "north-korean-nuclear-powered-submarine", "value: shown", "value: test-fired"),
    (
        "15_submarine_and_icbm_are_not_linked",
        "underwater-launched-icbm",
        "  kind: missile",
        "  partOf: north-korean-nuclear-powered-submarine\n  kind: missile",
    ),
    (
        "16_tonne_of_what",
        "submarine-of-8700-tonne",
        'measure: {en: "not specified"}',
        'measure: {en: "displacement, submerged"}',
    ),
    (
        "17_enrich_low_enriched",
        "agreement-will-see-enrichment-and-transfer",
        "South Korea “enrich low-enriched uranium”",
        "South Korea enrich uranium",
    ),
    ("18_agreed_to_pursue", "submarine-cooperation-agreement", "value: agreed-to-pursue", "value: signed"),
    ("19_aukus_is_a_comparator", "aukus", "  notStated: [member]", "  member: [united-states, australia, south-korea]"),
    (
        "20_alleged_transfers",
        "troops-and-equipment-to-russia",
        'text: {en: "destinations"}',
        'text: {en: "whether there were any"}',
    ),
    ("21_halves_of_one_sentence", "troops-and-equipment-to-russia", "status: alleged", "status: own-voice"),
    ("22_unnamed_groups_stay_in_their_document", "analysts", "document: kim-rejects-seoul\n", "document: talks-2026\n"),
    (
        "23_merged_credit",
        "most-analysts-see-signalling",
        "{position: 1, in: ap-afp-reporting}",
        "{position: 1, by: ap}",
    ),
    (
        "24_quotation_without_speaker",
        "most-analysts-see-signalling",
        "speaker: {known: not-stated}",
        "speaker: {by: most-analysts}",
    ),
    ("25_three_cuts_of_one_utterance", "no-business-with-south-korea", "wording: full-quote", "wording: fragment"),
    (
        "26_words_inside_the_marks",
        "kim-could-destroy",
        'quotation: "completely destroy"',
        'quotation: "could “completely destroy” South Korea"',
    ),
    (
        "27_label_drift",
        "seoul-declared-hostile-actor",
        "wording: paraphrase",
        'wording: fragment\n      quotation: "a hostile actor"',
    ),
    ("28_missing_conduit", "kim-refuses-talks-unless", "{position: 1, known: not-stated}", "{position: 1, by: kcna}"),
    (
        "29_nested_report",
        "lee-asked-xi-to-mediate",
        "  kind: report",
        "  subject: xi-jinping\n  predicate: mediates\n  object: korean-peninsula\n  kind: report",
    ),
    (
        "30_newspaper_is_no_government",
        "newspaper-on-admission-of-failure",
        "speaker: {by: pro-north-korean-newspaper-in-japan}",
        "speaker: {by: north-korea}",
    ),
    (
        "31_gloss_on_a_stated_reason",
        "crisis-apparently-us-attack-on-venezuela",
        "modality: appears",
        "modality: asserted",
    ),
    (
        "31_gloss_on_a_stated_reason",
        "us-attacked-venezuela",
        "  kind: background",
        "  explains: missile-test-before-lee-visit\n  kind: background",
    ),
    ("32_presupposed_event", "us-attack-on-venezuela", "eventStatus: presupposed", "eventStatus: occurred"),
    ("33_sequence_is_not_cause", "announcement-followed-november-meeting", "  follows: lee", "  respondsTo: lee"),
    (
        "34_this_news_any_cooperation",
        "kim-views-cooperation-as-aggressive-act",
        "any future cooperation between the US and South Korea as",
        "any future cooperation on submarines as",
    ),
    ("35_two_closing_dates", "congress-closed-with-parade-on-wednesday", "date: 2026-02-25", "date: 2026-02-26"),
    ("36_previous_thursday_is_computed", "congress-opened-previous-thursday", "basis: computed", "basis: explicit"),
    ("37_years_are_inferred", "agreement-to-pursue", "basis: year-inferred", "basis: explicit"),
    ("38_deictics_are_relative", "lee-in-beijing-on-state-visit", "basis: relative", "basis: explicit"),
    ("39_publication_is_not_stated", "talks-2026", "date: 2026-01-01/2026-02-18", "date: 2026-01-06"),
    ("40_ninth_in_one_source_only", "congress-2021", "Workers’ Party congress of 2021", "Eighth Party Congress"),
    ("41_prediction_and_outcome", "congress-expected-early-this-year", "status: predicted", "status: own-voice"),
    ("42_one_person_many_names", "lee-jae-myung", 'label: {en: "Lee Jae-myung"}', 'label: {en: "Lee"}'),
    ("43_city_or_state", "kim-could-destroy", "speaker: {by: kim-jong-un}", "speaker: {by: pyongyang}"),
    (
        "44_table_rows",
        "table-on-congress-2021",
        "    - {position: 1, in: kim-rejects-seoul}",
        "    - {position: 1, by: state-media}\n    - {position: 2, in: kim-rejects-seoul}",
    ),
    (
        "45_headline_is_no_record",
        "trump-kim-meeting",
        "according: [",
        "according: [headline-rejects-seoul-opens-door, ",
    ),
    (
        "46_caption_is_undated",
        "munitions-visit-caption",
        "when: {basis: not-stated}",
        "when: {date: 2025-12, basis: explicit}",
    ),
    ("47_furniture_of_the_page", "talks-2026", "notStated: [creator, url]", "creator: chathamhouse-org"),
    (
        "48_title_printed_twice",
        "standfirst-trump-and-lee-want-dialogue",
        "start: 264\n      end: 278",
        "start: 518\n      end: 532",
    ),
    (
        "49_empty_sources",
        "ap-afp-reporting",
        "kind: media-report",
        "kind: media-report\nurl: https://example.org/analysis",
    ),
    ("50_summits_of_2018", "summits-2018", "participant: united-states", "participant: [north-korea, south-korea]"),
    ("51_speculative_event", "trump-kim-meeting", "eventStatus: speculative", "eventStatus: planned"),
    ("52_could_seek_against_will_occur", "trump-kim-meeting-speculation", "modality: could", "modality: will"),
    ("53_most_is_not_all", "most-analysts-see-signalling", '"Most analysts see this', '"Analysts agree that this is'),
    (
        "54_origins_not_articles",
        "kim-warns-south-korea-could-be-destroyed",
        "{position: 1, known: not-stated}",
        "{position: 1, by: state-media}",
    ),
    (
        "55_marks_and_spelling",
        "agency-released-kims-statements",
        'exact: "North Korea’s official',
        "exact: \"North Korea's official",
    ),
    (
        "56_nothing_from_memory",
        "lee-and-trump-met-in-november",
        "met in November.",
        "met in Gyeongju in November.",
    ),
    (
        "56_nothing_from_memory",
        "missiles-test-fired-before-lee-visit",
        "North Korea test-fired several missiles, including hypersonic missiles.",
        "North Korea test-fired 10 missiles, including hypersonic missiles.",
    ),
    ("57_short_passages", "actors-respond-with-concern", "end: 7203", "end: 9160"),
    (
        "58_no_dates_in_ids",
        "lee-trump-november-meeting",
        "id: lee-trump-november-meeting",
        "id: lee-trump-meeting-2025-11",
    ),
    ("59_one_statement_for_each_article", "ties-with-russia-deepened", "  restates: rapprochement-with-moscow\n", ""),
    ("60_known_through_state_media_only", "kim-submarine-inspection", "eventStatus: reported", "eventStatus: occurred"),
]


def change(project: Path, record: str, old: str, new: str) -> None:
    """Change the words of one record, which are there."""
    start = re.compile(rf"^(- )?id: {re.escape(record)}$", re.MULTILINE)
    for file in sorted((project / "facts").rglob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        if found := start.search(text):
            following = text.find("\n- id: ", found.end()) if found[1] else -1
            end = len(text) if following < 0 else following
            body = text[found.start() : end]
            assert old in body, f"{record} no longer says: {old}"
            file.write_text(text[: found.start()] + body.replace(old, new, 1) + text[end:], encoding="utf-8")
            return
    raise AssertionError(record)


@pytest.mark.parametrize(
    ("name", "record", "old", "new"), MISTAKES, ids=[f"{name[:2]}-{record}" for name, record, *_ in MISTAKES]
)
def test_the_check_reports_it(project, name, record, old, new):
    change(project, record, old, new)
    assert list(CHECKS[f"trap_{name}"](Facts(project))), "the mistake is not reported"


def test_every_check_can_fail():
    assert {f"trap_{name}" for name, *_ in MISTAKES} == set(CHECKS)
