#!/usr/bin/env python3
"""Every model against the library's real headers: every name exists, every argument index fits, every constant has its value.

Usage: test_models.py ASYNCLINT SOURCE_DIR [--require] [LIBRARY...]

Clang reads a generated file with one declaration per claim of the model. A claim whose line has an error is false; the types of the
others are read from clang's dump. A model whose library is not installed is skipped, or fails with --require.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    jsonschema = None

# With the names that headers keep for old programs only.
FLAGS = ["-std=gnu17", "-D_GNU_SOURCE", "-DTEVENT_DEPRECATED", "-DLDAP_DEPRECATED", "-w", "-ferror-limit=0"]
MARK = "asynclint_claim_"
POINTER_TESTS = {"null", "not-null", "zero-time"}
SUGAR = {"TypeOfExprType", "ElaboratedType", "TypedefType", "ParenType", "QualType", "AttributedType", "MacroQualifiedType"}

# No claim of this model is true: the check has to find each of them false, or it proves nothing about the others.
FALSE_MODEL = {
    "headers": ["netdb.h", "pthread.h", "stdlib.h"],
    "constants": {"AI_NUMERICHOST": 5, "AI_PASSIVE": 1},
    "functions": {
        "no_such_function": {},
        "qsort": {"callback": {"arg": 1, "role": "inline"}},
        "bsearch": {"callback": {"arg": 5, "role": "inline"}},
        "free": {"makes-loop": "result"},
        "abs": {"forks": {"when": {"arg": 0, "is": "null"}}},
        "labs": {"locks": 0},
        "getenv": {"forks": {"when": {"arg": 0, "is": 0}}},
        "getaddrinfo": {"forks": {"when": {"arg": 2, "field": "no_such_field", "has": "AI_NUMERICHOST"}}},
    },
    "callback-types": {"size_t": "inline", "no_such_callback": "inline"},
    "types": {"no_such_type": {}},
    "fields": {"addrinfo::ai_flags": "inline", "addrinfo::no_such_field": "inline"},
    "harmless": ["no_such_harmless"],
}
FALSE_MODEL_PROBLEMS = """
function 'no_such_function': use of undeclared identifier 'no_such_function'
function 'qsort': callback: argument 1 is not a function pointer
function 'bsearch': callback: there is no argument 5
function 'free': makes-loop: there is no result
function 'abs': forks: argument 0 of a condition is not a pointer
function 'labs': locks: argument 0 is not a pointer
function 'getenv': forks: argument 0 of a condition is a pointer, not a number
function 'no_such_harmless': use of undeclared identifier 'no_such_harmless'
callback type 'size_t': is not a function pointer
callback type 'no_such_callback': unknown type name 'no_such_callback'
type 'no_such_type': unknown type name 'no_such_type'
field 'addrinfo::ai_flags': is not a function pointer
field 'addrinfo::no_such_field': no member named 'no_such_field' in 'struct addrinfo'
constant 'AI_NUMERICHOST': is not 5
function 'getaddrinfo': a condition's argument has no field 'no_such_field'
constant 'AI_PASSIVE': nothing uses it
"""


def as_list(value):
    return value if isinstance(value, list) else [value]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


class Missing(Exception):
    """The library is not installed."""


class Headers:
    """The library's headers, as clang sees them."""

    def __init__(self, clang, model):
        self.command = [clang, *FLAGS]
        self.prologue = "".join(f"#include <{header}>\n" for header in ["stddef.h", *model.get("headers", [])])
        packages = model.get("pkg-config", [])
        if packages:
            found = run("pkg-config", "--cflags", *packages)
            if found.returncode != 0:
                raise Missing(found.stderr.strip().splitlines()[-1])
            self.command += found.stdout.split()
        self.errors, _ = self.compile([])
        if self.errors:
            message = next(iter(self.errors.values()))
            if "file not found" in message and model.get("packages"):
                raise Missing(message)
            raise ValueError(f"the headers do not compile: {message}")
        macros = self.clang("", "-E", "-dM").stdout
        self.macros = {name: parameters for name, parameters in re.findall(r"^#define (\w+)(?:\(([^)]*)\))?", macros, re.M)}

    def clang(self, text, *options):
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "claims.c")
            source.write_text(self.prologue + text)
            return run(*self.command, *options, source)

    def compile(self, lines):
        """Returns {index of line: error}, and {name: type} of the typedefs among the lines whose names begin with MARK."""
        dump = ["-Xclang", "-ast-dump=json", "-Xclang", f"-ast-dump-filter={MARK}"]
        result = self.clang("\n".join(lines) + "\n", "-fsyntax-only", *dump)
        errors, types, first = {}, {}, self.prologue.count("\n") + 1
        for file, line, message in re.findall(r"^([^\s:][^:]*):(\d+):\d+: (?:fatal )?error: (.*)$", result.stderr, re.M):
            index = int(line) - first if file.endswith("/claims.c") else -1
            errors.setdefault(index, message)
        decoder, start = json.JSONDecoder(), result.stdout.find("{")
        while start >= 0:
            node, end = decoder.raw_decode(result.stdout, start)
            types[node["name"]] = node["inner"][-1]
            start = result.stdout.find("{", end)
        return errors, types


def bare(node):
    """The type without typedefs, parentheses and qualifiers."""
    while node["kind"] in SUGAR or node["kind"] == "DecayedType":
        node = node["inner"][-1]
    return node


def is_pointer(node):
    return bare(node)["kind"] in ("PointerType", "ConstantArrayType", "IncompleteArrayType", "VariableArrayType")


def holds_callback(node):
    """A pointer to a function, or to anything: some libraries take callbacks of several types as void *."""
    node = bare(node)
    if node["kind"] == "PointerType":
        node = bare(node["inner"][0])
    return node["kind"] in ("FunctionProtoType", "FunctionNoProtoType") or node["type"]["qualType"] == "void"


def conditions_of(model_function):
    for key, value in model_function.items():
        for effect in as_list(value):
            if isinstance(effect, dict):
                for part in ("when", "unless", "nonblocking"):
                    yield from ((key, condition) for condition in as_list(effect.get(part, [])))


def places_of(model_function):
    """(property, argument or word, the keys it stands in) for all arguments but those of conditions."""
    for key, value in model_function.items():
        for effect in as_list(value):
            if isinstance(effect, (int, str)) and not isinstance(effect, bool):
                yield key, effect, key
            elif isinstance(effect, dict):
                for part in ("arg", "loop", "descriptor", "timeout", "mode", "user-data"):
                    if part in effect:
                        yield key, effect[part], part


class Check:
    def __init__(self, model, headers):
        self.model, self.headers, self.problems = model, headers, []
        self.fields = []  # of conditions: (function, type of the argument, field)
        self.functions = {**model.get("functions", {}), **{name: {} for name in model.get("harmless", [])}}

    def problem(self, text):
        self.problems.append(text)

    def claims(self):
        """Pairs of what is claimed and the lines of C that are good only if it is true; one good line is enough."""
        for name in self.functions:
            yield ("function", name), [f"typedef __typeof__({name}) {MARK}"]
        for name in self.model.get("callback-types", {}):
            yield ("callback type", name), [f"typedef {name} {MARK}"]
        for name in self.model.get("types", {}):
            yield ("type", name), [f"typedef {name} {MARK}"]
        for name in self.model.get("fields", {}):
            record, field = name.split("::")
            records = [record, f"struct {record}"]
            yield ("field", name), [f"typedef __typeof__((({each} *)0)->{field}) {MARK}" for each in records]
        for name, value in self.model.get("constants", {}).items():
            yield ("constant", name), [f'_Static_assert((long long)({name}) == {value}, ""); typedef int {MARK}']

    def arguments_fit(self, name, function, count, variadic):
        places = [(key, place) for key, place, _ in places_of(function) if isinstance(place, int)]
        places += [(key, condition["arg"]) for key, condition in conditions_of(function)]
        for key, argument in places:
            if argument >= count and not variadic:
                self.problem(f"function '{name}': {key}: there is no argument {argument}")

    def check_macro(self, name, function):
        parameters = self.headers.macros[name]
        if parameters:  # None or "": an alias, of which nothing more can be told
            names = parameters.split(",")
            self.arguments_fit(name, function, len(names), names[-1].endswith("..."))

    def check_places(self, name, function, result, parameters):
        for key, place, part in places_of(function):
            if place == "result" and bare(result).get("type", {}).get("qualType") == "void":
                self.problem(f"function '{name}': {key}: there is no result")
            if not isinstance(place, int) or place >= len(parameters):
                continue
            if key == "callback" and part == "arg" and not holds_callback(parameters[place]):
                self.problem(f"function '{name}': callback: argument {place} is not a function pointer")
            if key in ("locks", "unlocks", "loop-thread") and not is_pointer(parameters[place]):
                self.problem(f"function '{name}': {key}: argument {place} is not a pointer")

    def check_conditions(self, name, function, parameters):
        for key, condition in conditions_of(function):
            argument, test, field = condition["arg"], condition.get("is"), condition.get("field")
            if argument >= len(parameters):
                continue
            parameter = parameters[argument]
            if field:
                self.fields.append((name, parameter["type"]["qualType"], field))
            text = "first-word" in condition
            if (field or text or test in POINTER_TESTS) and not is_pointer(parameter):
                self.problem(f"function '{name}': {key}: argument {argument} of a condition is not a pointer")
            if not field and not text and test not in (*POINTER_TESTS, "blocking", "nonblocking") and is_pointer(parameter):
                self.problem(f"function '{name}': {key}: argument {argument} of a condition is a pointer, not a number")

    def check_function(self, name, function, node):
        node = bare(node)
        if node["kind"] == "PointerType":  # a variable that holds a function
            node = bare(node["inner"][0])
        if node["kind"] != "FunctionProtoType":
            self.problem(f"function '{name}': is not a function with a prototype")
            return
        result, *parameters = node["inner"]
        self.arguments_fit(name, function, len(parameters), node.get("variadic", False))
        self.check_places(name, function, result, parameters)
        self.check_conditions(name, function, parameters)

    def check_fields(self):
        lines = [f"_Static_assert(sizeof((({pointer})0)->{field}), \"\");" for _, pointer, field in self.fields]
        errors, _ = self.headers.compile(lines)
        for index in errors:
            name, _, field = self.fields[index]
            self.problem(f"function '{name}': a condition's argument has no field '{field}'")

    def check_missing(self, kind, name, error):
        if kind == "function" and name in self.headers.macros:
            self.check_macro(name, self.functions[name])
        elif kind == "constant" and "assertion failed" in error:
            self.problem(f"constant '{name}': is not {self.model['constants'][name]}")
        elif kind != "type" or not self.is_tag(name):
            self.problem(f"{kind} '{name}': {error}")

    def is_tag(self, name):
        """No other kind of tag may bear the name of a struct or union that was seen."""
        return bool(self.headers.compile([f"enum {name};"])[0])

    def check_all(self):
        claims = list(self.claims())
        lines = [(claim, line) for claim, options in claims for line in options]
        errors, types = self.headers.compile([f"{line}{i};" for i, (_, line) in enumerate(lines)])
        good = {claim: types[f"{MARK}{i}"] for i, (claim, _) in enumerate(lines) if i not in errors}
        failed = {claim: errors[i] for i, (claim, _) in enumerate(lines) if i in errors}
        for (kind, name), _ in claims:
            node = good.get((kind, name))
            if node is None:
                self.check_missing(kind, name, failed[kind, name])
            elif kind == "function":
                self.check_function(name, self.functions[name], node)
            elif kind in ("callback type", "field") and not holds_callback(node):
                self.problem(f"{kind} '{name}': is not a function pointer")
        self.check_fields()
        conditions = [condition for function in self.functions.values() for _, condition in conditions_of(function)]
        used = {value for condition in conditions for each in condition.values() for value in as_list(each)} | set(self.model.get("would-block", []))
        for name in self.model.get("constants", {}):
            if name not in used:
                self.problem(f"constant '{name}': nothing uses it")
        return self.problems


def schema_problems(schema, model):
    validator = jsonschema.validators.validator_for(schema)(schema)
    return [f"schema: {'/'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(model)]


def check(clang, schema, model):
    found = schema_problems(schema, model) if jsonschema else []
    if model.get("headers") == []:  # its author says that there are none to compare with
        return found
    return found or Check(model, Headers(clang, model)).check_all()


def repeated_names(models):
    """What two models speak of: which of them is believed would depend on their names."""
    owner = {}
    for library, model in models.items():
        for section in ("functions", "harmless", "callback-types", "fields", "types"):
            for name in model.get(section, []):
                kind = "function" if section == "harmless" else section
                other = owner.setdefault((kind, name), library)
                if other != library:
                    yield f"{library}: '{name}' is in the model of {other}, too"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("asynclint")
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--require", action="store_true", help="fail if a library is not installed")
    parser.add_argument("libraries", nargs="*")
    options = parser.parse_args()
    clang = shutil.which(os.environ.get("CLANG", "clang-19")) or shutil.which("clang")
    if not clang:
        sys.exit("no clang" if options.require else 77)

    rules = options.source / "rules"
    schema = json.loads((rules / "models.schema.json").read_text())
    models = {path.stem: json.loads(path.read_text()) for path in sorted((rules / "models").glob("*.json"))}
    problems, skipped = list(repeated_names(models)), [] if jsonschema else ["the schema: no python3-jsonschema"]
    seen = Check(FALSE_MODEL, Headers(clang, FALSE_MODEL)).check_all()
    problems += [f"the false model: {line}" for line in set(seen) ^ set(FALSE_MODEL_PROBLEMS.strip().splitlines())]
    for library in options.libraries or models:
        try:
            problems += [f"{library}: {problem}" for problem in check(clang, schema, models[library])]
        except Missing as missing:
            skipped.append(f"{library}: {missing}")
        except ValueError as error:
            problems.append(f"{library}: {error}")
    for line in problems:
        print(line)
    for line in skipped:
        print("skipped:", line)
    print(f"{len(options.libraries or models)} models, {len(problems)} problems, {len(skipped)} skipped")
    return 1 if problems or (skipped and options.require) else 0


if __name__ == "__main__":
    sys.exit(main())
