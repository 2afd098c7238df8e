# SPDX-License-Identifier: MIT
"""What include/abi declares, read from its own text.

Runs the compiler's preprocessor over all headers for one width and parses
the little of C that they use: typedefs, enums, and structs and unions with
inline members. Anything else is an error: the tests must not pass over a
declaration that they cannot read.
"""
import os
import re
import subprocess

TOKEN = re.compile(r'\s*("(?:\\.|[^"\\])*"|[A-Za-z_]\w*|\d\w*|.)', re.S)


BUILTIN = 'const signed unsigned char short int long'.split()


class Field:
    """A member: type as text; dims as texts ('' is flexible); bits or None;
    record if the type is a struct or union defined in place."""

    def __init__(self, name, ctype, dims, bits, record):
        self.name, self.type, self.dims = name, ctype, dims
        self.bits, self.record = bits, record


class Record:
    def __init__(self, kind, tag, fields, packed):
        self.kind, self.tag, self.fields = kind, tag, fields
        self.packed = packed


class Headers:
    """records: tag to Record, in order, nested tagged ones included;
    enums: constant names; typedefs: name to type text;
    macros: name to text, without parameters; calls: macros that have some."""

    def __init__(self, include, bits):
        self.bits = bits
        self.files = list_headers(include)
        text = ''.join('#include "%s"\n' % f for f in self.files)
        flags = ['gcc', '-m%d' % bits, '-std=c11', '-I', include, '-xc', '-']
        self.macros, self.calls = {}, set()
        self.read_macros(run(flags + ['-E', '-dM'], text),
                         run(flags + ['-E', '-dM'], ''))
        self.records, self.enums, self.typedefs = {}, [], {}
        self.tokens = TOKEN.findall(run(flags + ['-E', '-P'], text).strip())
        self.pos = 0
        while self.pos < len(self.tokens):
            self.declaration()

    def read_macros(self, text, predefined):
        known = set(predefined.splitlines())
        for line in text.splitlines():
            if line in known:
                continue
            m = re.match(r'#define (\w+)(\(?)(.*)', line)
            if m.group(2):
                self.calls.add(m.group(1))
            else:
                self.macros[m.group(1)] = m.group(3).strip()

    # --- the parser: next token, expected token, skipped parentheses

    def peek(self):
        return self.tokens[self.pos]

    def take(self, want=None):
        token = self.tokens[self.pos]
        if want is not None and token != want:
            around = ' '.join(self.tokens[self.pos - 12:self.pos + 4])
            raise SyntaxError('expected %s in: %s' % (want, around))
        self.pos += 1
        return token

    def skip_parens(self):
        """Takes a balanced (...) and returns its text."""
        start, depth = self.pos, 0
        while True:
            token = self.take()
            depth += (token == '(') - (token == ')')
            if depth == 0:
                return ' '.join(self.tokens[start:self.pos])

    def attributes(self):
        text = ''
        while self.peek() == '__attribute__':
            self.take()
            text += self.skip_parens()
        return text

    def declaration(self):
        token = self.peek()
        if token == '_Static_assert':
            self.take()
            self.skip_parens()
        elif token == 'typedef':
            self.take()
            ctype, record = self.base_type()
            if record is not None:
                raise SyntaxError('typedef of a struct body')
            name, dims, _ = self.declarator()
            self.attributes()
            self.typedefs[name] = (ctype, dims)
        elif token == 'enum':
            self.enum()
        else:
            ctype, record = self.base_type()
            if record is None:
                raise SyntaxError('not a declaration: ' + ctype)
        self.take(';')

    def enum(self):
        self.take('enum')
        self.take()
        self.take('{')
        while self.peek() != '}':
            self.enums.append(self.take())
            while self.peek() not in ',}':
                self.take()
            if self.peek() == ',':
                self.take()
        self.take('}')

    def base_type(self):
        """A type up to its declarator: (text, Record or None)."""
        if self.peek() in ('struct', 'union'):
            kind = self.take()
            tag = self.take() if self.peek() != '{' else None
            if self.peek() != '{':
                return kind + ' ' + tag, None
            self.take('{')
            fields = []
            while self.peek() != '}':
                fields += self.member()
            self.take('}')
            packed = 'packed' in self.attributes()
            record = Record(kind, tag, fields, packed)
            if tag:
                self.records[tag] = record
            return kind + ' ' + (tag or ''), record
        words = []
        while self.peek() in BUILTIN:
            words.append(self.take())
        if not words or words == ['const']:
            words.append(self.take())
        return ' '.join(words), None

    def declarator(self):
        """name, dims, bits"""
        name, dims, bits = self.take(), [], None
        while self.peek() == '[':
            self.take()
            dim = []
            while self.peek() != ']':
                dim.append(self.take())
            self.take(']')
            dims.append(' '.join(dim))
        if self.peek() == ':':
            self.take()
            bits = self.take()
        return name, dims, bits

    def member(self):
        ctype, record = self.base_type()
        fields = []
        while self.peek() != ';':
            name, dims, bits = self.declarator()
            fields.append(Field(name, ctype, dims, bits, record))
            self.attributes()
            if self.peek() == ',':
                self.take()
        self.take(';')
        return fields or [Field(None, ctype, [], None, record)]


def run(argv, text=None):
    done = subprocess.run(argv, input=text, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError('%s: %s' % (' '.join(argv), done.stderr))
    return done.stdout


def list_headers(include):
    """All headers below abi/ but the generated one, as #include names."""
    found = []
    for folder, _, names in os.walk(os.path.join(include, 'abi')):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), include)
            if name.endswith('.h') and path != 'abi/compat.h':
                found.append(path)
    return sorted(found)


def paths(record, prefix=''):
    """Every named member of a record: (path, Field), through inline records
    but not into records that have a place of their own."""
    for f in record.fields:
        path = prefix + f.name if f.name else prefix
        if f.name:
            yield path, f
        if f.record is not None and f.record.tag is None:
            sub = path + ('[0]' if f.dims else '')
            yield from paths(f.record, sub + '.' if f.name else prefix)
