"""The table of bad inputs and faults: for every row the tests that show what kg does with it.

A row is "exit 1, one line `file:line:column: error[code] message`, no traceback, nothing written" unless it says otherwise.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CASES = TESTS / "cases"

# Row: what is done to kg, and where a test does it. A test is FILE::FUNCTION, a case is the name of a file of cases/.
ROWS: dict[int, tuple[str, tuple[str, ...]]] = {
    1: ("empty, comment-only or null file", ("test_factfile.py::test_refused", "empty-file")),
    2: ("unexpected top level; a second document", ("test_factfile.py::test_refused", "second-document")),
    3: ("duplicate key", ("test_factfile.py::test_duplicate_key_names_both_lines", "duplicate-key")),
    4: ("merge key, anchor, alias, tag", ("test_factfile.py::test_refused", "merge-key", "anchor", "alias", "tag")),
    5: ("merge bomb, alias bomb", ("test_factfile.py::test_refused", "cli/test_robustness.py::test_no_file_brings_it_down")),
    6: ("nesting", ("test_factfile.py::test_6_30000_lists_in_brackets", "test_factfile.py::test_nesting_of_50_is_read")),
    7: ("unquoted no, 12:30, 010, 1.10", ("test_factfile.py::test_7_scalars_stay_the_text_that_was_written",)),
    8: ("days that there are not, unpadded dates", ("test_dates.py::test_refused", "no-such-day", "unpadded-date")),
    9: ("a year alone, before 1, above 9999", ("test_dates.py::test_bounds", "test_dates.py::test_refused")),
    10: ("non-string key; misspelt field", ("test_expansion.py::test_a_field_that_there_is_not", "misspelt-field", "complex-key")),
    11: ("byte order mark; CRLF", ("test_factfile.py::test_11_the_same_records_and_places_as_with_lf",)),
    12: ("bytes that are no UTF-8", ("test_factfile.py::test_invalid_utf8_names_the_byte", "not-utf-8", "utf-16")),
    13: ("control characters", ("test_factfile.py::test_what_is_printed_of_a_hostile_file_is_plain", "control-character", "control-characters")),
    14: ("surrogates", ("test_factfile.py::test_refused",)),
    15: ("NFC and NFD of one id", ("test_project.py::test_15_18_ids_that_look_alike_cannot_be_written",)),
    16: ("homoglyphs, zero-width, bidi", ("test_expansion.py::test_16_honest_letters_are_not", "invisible-character", "look-alike-letters")),
    17: ("ids that could do harm", ("test_project.py::test_17_ids_that_could_do_harm", "test_project.py::test_17_ids_that_are_devices_on_windows")),
    18: ("two ids of one IRI or page name", ("test_project.py::test_15_18_ids_that_look_alike_cannot_be_written",)),
    19: ("one id in two files", ("test_project.py::test_19_one_id_in_two_files_names_both", "duplicate-id")),
    20: ("dangling reference", ("test_expansion.py::test_20_every_reference_that_leads_nowhere_is_told", "dangling-reference")),
    21: ("a line or file of 20 MB", ("test_factfile.py::test_21_a_line_of_20_megabytes", "test_factfile.py::test_21_a_file_of_20_megabytes")),
    22: ("git conflict markers", ("test_factfile.py::test_refused", "conflict-marker")),
    23: ("200 errors at once", ("test_project.py::test_23_two_hundred_mistakes_at_once_are_told_in_order", "cli/test_exit_codes.py::test_23_many_findings_are_counted")),
    24: (".yml, .YAML, left-overs", ("test_project.py::test_24_files_of_every_spelling_are_read", "test_project.py::test_24_left_overs_are_told_of")),
    25: ("ontology with a bad IRI or escape", ("test_ontology_faults.py::test_turtle_that_cannot_be_read", "test_ontology_faults.py::test_25_bytes_that_are_no_utf8")),
    26: ("owl:imports", ("test_ontology_faults.py::test_26_imports_are_not_followed",)),
    27: ("SERVICE or FROM in shapes and rules", ("test_ontology_faults.py::test_terms_that_shacl_core_does_not_have", "test_sparql.py::test_27_no_rule_or_check_sends_a_request", "test_ontology_faults.py::test_every_query_is_read_before_a_build")),
    28: ("sh:js", ("test_ontology_faults.py::test_terms_that_shacl_core_does_not_have",)),
    29: ("catastrophic backtracking", ("test_ontology_faults.py::test_29_a_pattern_that_backtracks_ends_in_bounded_time", "test_ontology_faults.py::test_a_query_that_comes_to_no_end_is_ended")),
    30: ("a regex that does not compile", ("test_ontology_faults.py::test_30_a_pattern_that_does_not_compile", "test_ontology_faults.py::test_30_a_pattern_that_is_none")),
    31: ("a misspelt SHACL term", ("test_ontology_faults.py::test_31_a_misspelt_term_has_a_hint", "test_ontology_faults.py::test_parameters_with_values_that_they_cannot_have")),
    32: ("a shape with no target, an unknown class", ("test_ontology_faults.py::test_shapes_that_say_nothing_or_too_much",)),
    33: ("an empty shapes graph", ("test_ontology_faults.py::test_33_no_shapes", "test_ontology_faults.py::test_33_no_ontology_at_all")),
    34: ("the validator fails", ("test_ontology_faults.py::test_34_an_engine_that_fails_gives_no_verdict", "test_ontology_faults.py::test_34_a_failing_engine_is_the_environment")),
    35: ("cyclic list, recursive shape", ("test_ontology_faults.py::test_lists_that_are_none", "test_ontology_faults.py::test_35_two_shapes_in_each_other", "test_ontology_faults.py::test_35_shapes_that_double_at_every_level_end_in_bounded_time")),
    36: ("RDF/XML DTD and entities", ("test_ontology_faults.py::test_other_formats_are_not_read",)),
    37: ("JSON-LD remote context", ("test_ontology_faults.py::test_other_formats_are_not_read",)),
    38: ("wrong usage", ("cli/test_exit_codes.py::test_2_wrong_usage", "cli/test_exit_codes.py::test_2_no_project_there")),
    39: ("output = input, /, home", ("cli/test_exit_codes.py::test_2_wrong_usage", "cli/test_exit_codes.py::test_39_home_is_no_output")),
    40: ("SIGINT; | head", ("cli/test_robustness.py::test_stopped_at_any_call", "cli/test_robustness.py::test_40_a_reader_that_has_seen_enough")),
    41: ("no terminal, LANG=C, stdout not UTF-8", ("cli/test_robustness.py::test_41_terminals_that_cannot_show_a_letter", "cli/test_robustness.py::test_41_without_the_usual_streams")),
    42: ("read-only folder", ("cli/test_exit_codes.py::test_3_the_environment", "cli/test_faults_of_the_disk.py::test_42_a_file_system_that_is_read_only", "cli/test_faults_of_the_disk.py::test_a_disk_that_fails_below_the_program")),
    43: ("disk full or I/O error at any write", ("cli/test_robustness.py::test_stopped_at_any_call", "cli/test_faults_of_the_disk.py::test_43_a_small_file_system_that_is_full", "cli/test_faults_of_the_disk.py::test_a_disk_that_fails_below_the_program", "cli/test_robustness.py::test_43_a_file_may_not_grow_further")),
    44: ("kill -9 at any moment", ("cli/test_robustness.py::test_44_killed_at_any_call", "cli/test_faults_of_the_disk.py::test_44_two_hundred_random_kills")),
    45: ("two builds at once", ("cli/test_robustness.py::test_45_two_builds_at_once", "test_output.py::test_row_45_of_two_writers_of_a_folder_one_wins_whole")),
    46: ("output is a link, a file, holds foreign files", ("cli/test_robustness.py::test_46_output_that_is_refused", "cli/test_robustness.py::test_46_an_export_over_a_link_is_refused")),
    47: ("links", ("test_project.py::test_47_a_linked_folder_is_not_walked", "test_project.py::test_47_a_linked_ontology_file_is_not_followed", "link-outside")),
    48: ("input changes during the build", ("test_project.py::test_48_a_file_that_changes_while_it_is_read", "test_project.py::test_48_a_file_that_changes_before_its_findings_are_placed")),
    49: ("addresses that break out", ("cli/test_robustness.py::test_49_addresses_that_break_out", "test_project.py::test_a_base_that_makes_no_good_ids")),
    50: ("awkward text", ("test_factfile.py::test_50_line_separators_are_kept_to_the_letter", "test_export.py::test_awkward_texts_come_through_to_the_letter", "cli/test_robustness.py::test_50_text_comes_back_to_the_letter")),
    51: ("hash seed, order of files, locale, time zone", ("cli/test_robustness.py::test_51_the_same_bytes_in_every_environment", "cli/test_robustness.py::test_51_the_same_bytes_whatever_the_files_are_called")),
    52: ("every RDF export", ("test_export.py::test_every_parser_reads_the_same_graph", "test_export.py::test_every_parser_reads_the_same_quads")),
    53: ("formulas in CSV", ("export/test_tables.py::test_no_cell_of_csv_is_run", "export/test_tables.py::test_a_formula_gets_an_apostrophe", "export/test_tables.py::test_no_cell_of_a_workbook_is_a_formula_or_a_link")),
    54: ("backtick in a Cypher label", ("export/test_cypher.py::test_a_backtick_is_doubled", "export/test_cypher.py::test_no_value_stands_in_a_statement")),
    55: ("PUT, DELETE, TRACE", ("server/test_faults.py::test_55_methods", "server/test_faults.py::test_55_only_the_endpoint_takes_a_post")),
    56: ("no query, two, empty, bad UTF-8, wrong media type", ("server/test_faults.py::test_56_no_query_can_be_read",)),
    57: ("updates", ("server/test_faults.py::test_57_updates",)),
    58: ("SERVICE in any spelling", ("server/test_faults.py::test_58_no_spelling_of_service_sends_a_request", "server/test_faults.py::test_58_a_worker_could_not_connect_if_it_tried", "server/test_faults.py::test_58_the_word_is_no_crime")),
    59: ("cross product, planner bomb, huge sort", ("server/test_faults.py::test_59_what_takes_too_much",)),
    60: ("braces nested 2,000 deep", ("server/test_faults.py::test_60_what_crashes_the_engine",)),
    61: ("a huge result", ("server/test_faults.py::test_61_a_huge_result_is_no_result", "server/test_faults.py::test_61_a_large_result_is_whole")),
    62: ("40 heavy clients", ("server/test_faults.py::test_62_heavy_clients_do_not_shut_out_light_ones", "server/test_faults.py::test_62_a_runaway_query_ends_at_its_limit_and_holds_up_no_other")),
    63: ("the client goes away", ("server/test_faults.py::test_63_a_query_ends_when_its_client_goes",)),
    64: ("Accept", ("server/test_protocol.py::test_64_accept", "server/test_protocol.py::test_64_nothing_that_the_client_takes")),
    65: ("foreign Host", ("server/test_faults.py::test_65_foreign_names", "server/test_faults.py::test_65_own_names", "server/test_faults.py::test_65_the_name_before_a_proxy")),
    66: ("Origin, preflight", ("server/test_faults.py::test_66_no_other_site_may_read", "server/test_faults.py::test_66_a_site_that_was_named_may_read")),
    67: ("paths that lead out", ("server/test_faults.py::test_67_paths",)),
    68: ("bad lengths, slow clients", ("server/test_faults.py::test_68_what_is_no_request", "server/test_faults.py::test_68_slow_clients_are_closed")),
    69: ("error text", ("server/test_faults.py::test_69_errors_tell_nothing_of_the_machine", "server/test_faults.py::test_69_no_markup_comes_back")),
    79: ("markup in a label or quote", ("pages/test_hostile.py::test_no_element_is_made_of_a_text", "pages/test_browser.py::test_row_79_and_82_an_attack_is_text", "pages/test_browser.py::test_row_79_an_attack_is_found_as_text")),
    80: ("javascript: and data: URLs", ("pages/test_hostile.py::test_no_address_of_a_text_is_a_link", "pages/test_hostile.py::test_no_disguise_makes_an_address", "pages/test_hostile.py::test_an_address_stays_as_it_is")),
    81: ("every HTML page", ("pages/test_html.py::test_row_81_html_validates", "pages/test_pages.py::test_every_page_has_its_policy_and_keeps_to_it", "pages/test_pages.py::test_nothing_is_loaded_from_elsewhere", "pages/test_pages.py::test_no_link_is_broken")),
    82: ("SVG, Mermaid, DOT labels", ("cli/test_hostile.py::test_82_labels_in_pictures_are_text",)),
}  # fmt: skip


@cache
def functions(file: str) -> frozenset[str]:
    """The test functions that a file defines."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_row_has_its_tests() -> None:
    assert set(ROWS) == {*range(1, 70), *range(79, 83)}
    assert [row for row, (_, tests) in ROWS.items() if not tests] == []


@pytest.mark.parametrize("row", ROWS)
def test_the_tests_of_a_row_exist(row: int) -> None:
    for test in ROWS[row][1]:
        file, mark, function = test.partition("::")
        if mark:
            assert function in functions(file), test
        else:
            assert (CASES / f"{test}.case").is_file(), test


def test_a_test_that_does_not_exist_would_be_noticed() -> None:
    """Else the table above could rot."""
    assert "test_the_tests_of_a_row_exist" in functions("test_rows.py")
    assert "test_of_nothing" not in functions("test_rows.py")
