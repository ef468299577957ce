"""Reading the HTML of a picture: what is in it, and what of it stays from run to run."""

import re
from html.parser import HTMLParser

# What JupyterLab leaves of an output that it does not trust, as far as pictures use it.
TAGS = set("div img p pre details summary table caption thead tbody tr th td".split())
ATTRIBUTES = {"alt", "src", "width", "style", "class"}


class Page(HTMLParser):
    """What is in a piece of HTML: its tags, attributes and texts."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.open, self.texts = [], [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def __getitem__(self, attribute):
        [value] = [value for name, value in self.attributes if name == attribute]
        return value


def sanitised(text):
    """As nbval compares it: without images, durations and factors."""
    text = re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "PICTURE", text)
    text = re.sub(r"\d[\d.,]*[ \xa0](s|ms|µs)\b", "DURATION", text)
    return re.sub(r"\d[\d,]*\.\d × (faster|slower)", "FACTOR", text)
