"""Conditions are told in words a reader of the rubric knows."""

from __future__ import annotations

from core.text import Text
from indicators.rubric.condition_words import condition_words

CLASSES = {
    "training_led": Text(zh="训练为主", en="training-led"),
    "inference_led": Text(zh="推理为主", en="inference-led"),
}


def test_a_class_is_called_by_its_title() -> None:
    words = condition_words({"attribute": "class", "is": "training_led"}, value=CLASSES.get)
    assert words == Text(zh="类别为训练为主", en="the class is training-led")


def test_each_of_several_classes_is_called_by_its_title() -> None:
    words = condition_words({"attribute": "class", "in": ["training_led", "inference_led"]}, value=CLASSES.get)
    assert words == Text(zh="类别属于训练为主、推理为主", en="the class is one of training-led, inference-led")


def test_what_has_no_title_keeps_its_name() -> None:
    words = condition_words({"attribute": "roof_colour", "is": True})
    assert words == Text(zh="roof_colour 为是", en="roof colour is yes")


def test_what_a_profile_says_of_a_centre_has_words() -> None:
    words = condition_words({"attribute": "training_share", "at_most": "0.50"})
    assert words == Text(zh="训练占比 ≤ 0.50", en="training share ≤ 0.50")


def test_what_is_true_of_a_centre_is_said_as_a_sentence() -> None:
    dry = {"attribute": "water_stressed", "is": True}
    assert condition_words(dry) == Text(zh="位于缺水地区", en="it is in a water-stressed region")
    wet = Text(zh="不位于缺水地区", en="it is not in a water-stressed region")
    assert condition_words(dry | {"is": False}) == wet
    assert condition_words({"attribute": "water_stressed", "is_not": True}) == wet


def test_chinese_words_stand_close_and_figures_apart() -> None:
    mixed = {"all": [{"attribute": "class", "is": "mixed"}, {"attribute": "training_share", "at_most": "0.50"}]}
    either = {"any": [{"attribute": "class", "is": "training_led"}, mixed]}
    words = condition_words(either, value=(CLASSES | {"mixed": Text(zh="训推混合", en="mixed")}).get)
    assert words.zh == "类别为训练为主，或类别为训推混合且训练占比 ≤ 0.50"
    assert words.en == "the class is training-led, or the class is mixed and training share ≤ 0.50"
