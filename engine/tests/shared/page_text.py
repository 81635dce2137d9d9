"""A page as a reader meets it: its text, its tags and their attributes, parsed by Python's own parser."""

from html.parser import HTMLParser

__all__ = ["Page", "parse"]


class Page(HTMLParser):
    """A parsed page: the tags in their order, all attributes, and each run of text that a person sees."""

    def __init__(self, data):
        super().__init__()
        self.tags, self.attributes, self.texts, self.code = [], [], [], {}
        self.feed(data.decode())
        self.close()

    def handle_starttag(self, tag, attrs):
        """Keep a tag and its attributes."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        """Keep a text, apart from the code of a style or a script."""
        if self.tags and self.tags[-1] in ("style", "script") and self.tags[-1] not in self.code:
            self.code[self.tags[-1]] = data
        elif data.strip():
            self.texts.append(" ".join(data.split()))

    def values(self, name):
        """Return the values of all attributes of that name."""
        return [value for _, own, value in self.attributes if own == name]


def parse(data):
    return Page(data)
