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
    assert words == Text(zh="类别 为 训练为主", en="the class is training-led")


def test_each_of_several_classes_is_called_by_its_title() -> None:
    words = condition_words({"attribute": "class", "in": ["training_led", "inference_led"]}, value=CLASSES.get)
    assert words == Text(zh="类别 属于 训练为主、推理为主", en="the class is one of training-led, inference-led")


def test_what_has_no_title_keeps_its_name() -> None:
    words = condition_words({"attribute": "roof_colour", "is": True})
    assert words == Text(zh="roof_colour 为 是", en="roof colour is yes")


def test_what_a_profile_says_of_a_centre_has_words() -> None:
    words = condition_words({"attribute": "training_share", "at_most": "0.50"})
    assert words == Text(zh="训练占比 ≤ 0.50", en="training share ≤ 0.50")
