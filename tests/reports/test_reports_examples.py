from dataclasses import replace

from sample_record import GREEDY, images

from steeled.core.artifact import Change, Table
from steeled.reports._examples import gallery, leaning, listings


def test_a_gallery_shows_the_changed_columns_and_marks_the_cells():
    shown = gallery(GREEDY)

    assert shown.columns[:2] == ("savings_account_and_bonds", "duration_in_month")
    assert [cell.changed for cell in shown.pairs[0].after] == [True, False, False, False]
    assert shown.pairs[1].before[1].text == "39"


def test_a_seventh_changed_column_is_only_counted():
    many = tuple(Change(f"column {k}", "a", "b") for k in range(9))
    wide = replace(GREEDY.result.examples[0], changes=many)
    holder = replace(GREEDY, result=replace(GREEDY.result, examples=(wide,)))

    shown = gallery(holder)

    assert (len(shown.columns), shown.hidden) == (6, 3)


def test_what_an_attack_leans_on_is_told_over_all_successes():
    assert leaning(GREEDY) == "present_employment_since is changed in 44\u202f% of the successful attacks."


def test_without_a_count_over_all_only_the_examples_are_told():
    holder = replace(GREEDY, result=replace(GREEDY.result, tables=()))

    assert leaning(holder) == "Of the 3 examples shown, 2 change present_employment_since."


def test_pictures_lean_on_no_column():
    assert leaning(images().evidence[0]) == ""


def test_a_table_is_cut_and_its_shares_are_percent():
    table = Table("kinds", ("kind", "share"), tuple(("noise", k / 20) for k in range(12)), "how often")

    (shown,) = listings((replace(GREEDY, result=replace(GREEDY.result, tables=(table,))),), leading="")

    assert shown.caption == "greedy_features: how often."
    assert shown.rows[1] == ("noise", "5\u202f%")
    assert (len(shown.rows), shown.more) == (10, 2)


def test_what_attacks_lean_on_is_listed_for_the_attack_that_is_shown():
    assert [shown.more for shown in listings((GREEDY,), leading="greedy_features")] == [0]
    assert listings((GREEDY,), leading="hop_skip_jump") == ()
