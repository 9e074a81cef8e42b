"""Guarantees: the words of the two lines of cover over time never lie over one another, nor outside the drawing."""

from hypothesis import given
from hypothesis import strategies as st

from tracker.guarantees.charting import ABOVE, HEIGHT, LINE_HEIGHT, TOP, label_heights

heights = st.floats(min_value=TOP, max_value=TOP + HEIGHT)


@given(heights, heights)
def test_words_keep_apart_and_inside(posted: float, required: float) -> None:
    first, second = label_heights(posted, required)
    assert abs(first - second) >= LINE_HEIGHT - 0.1
    for at in (first, second):
        assert TOP - ABOVE - 0.1 <= at <= TOP + HEIGHT + 0.1


def test_posted_stands_below_its_line_and_required_above_where_there_is_room() -> None:
    assert label_heights(50, 100) == (63, 96)
    assert label_heights(100, 100) == (113, 96)
    assert label_heights(92, 100) == (88, 113)  # posted a little more than required
