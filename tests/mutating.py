"""Small faults put into a module, one at a time: what a mutation test is made of. The run over them is `tests/mutation_run.py`.

A mutant is the module's syntax tree with one place changed. Left alone: docstrings, annotations, decorators, `__all__`, texts of errors
(f-strings), and what a type checker would refuse at once.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
}
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any", "argmax": "argmin", "bisect_left": "bisect_right",
             "bisect_right": "bisect_left", "minimum": "maximum", "maximum": "minimum"}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One fault: where it stands, what stood there and what stands there now, and the whole module with it."""

    operator: str
    function: str
    line: int
    before: str
    after: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return f"{self.function}: {self.before}  ->  {self.after}  [{self.operator}]"


class _Places(ast.NodeVisitor):
    """The nodes that may be changed, each with the function it stands in and the statement or expression it is shown with."""

    def __init__(self) -> None:
        self.found: list[tuple[ast.AST, str, ast.AST]] = []
        self.function, self.shown = "module", ast.AST()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outer, self.function = self.function, node.name
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self._under(default, default)
        for statement in node.body:
            self.visit(statement)
        self.function = outer

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        outer, self.function = self.function, node.name
        for statement in node.body:
            self.visit(statement)
        self.function = outer

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self._under(node.value, node)

    def visit_Assign(self, node: ast.Assign) -> None:
        is_data = self.function == "module" and isinstance(node.targets[0], ast.Name) and not node.targets[0].id.isupper()
        if not is_data:  # module names in mixed case are types and __all__
            self._under(node.value, node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._under(node.value, node)

    def visit_Raise(self, node: ast.Raise) -> None:
        return

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        return

    def visit_If(self, node: ast.If) -> None:
        self.found.append((node, self.function, node))
        self._under(node.test, node)
        for statement in (*node.body, *node.orelse):
            self.visit(statement)

    def visit_For(self, node: ast.For) -> None:
        self._under(node.iter, node.iter)
        for statement in node.body:
            self.visit(statement)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.found.append((node, self.function, node))
            self._under(node.value, node)

    def _under(self, node: ast.AST, shown: ast.AST) -> None:
        outer, self.shown = self.shown, shown
        self.visit(node)
        self.shown = outer

    def generic_visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.Compare | ast.BinOp | ast.UnaryOp | ast.BoolOp | ast.Constant | ast.IfExp | ast.Call):
            self.found.append((node, self.function, self.shown))
        super().generic_visit(node)


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    places = _Places()
    places.visit(ast.parse(source))
    for number, (node, function, shown) in enumerate(places.found):
        before = _shown(shown)
        for variant, (operator, _) in enumerate(_changes(node)):
            other = ast.parse(source)
            again = _Places()
            again.visit(other)
            target, _function, other_shown = again.found[number]
            change = list(_changes(target))[variant][1]
            _put(target, change)
            yield Mutant(operator, function, getattr(node, "lineno", 0), before, _shown(other_shown), ast.fix_missing_locations(other))


def _shown(node: ast.AST) -> str:
    if isinstance(node, ast.If):
        return f"if {ast.unparse(node.test)}"
    return " ".join(ast.unparse(node).split())


def _put(target: ast.AST, change: ast.AST) -> None:
    """Make the node in the tree what the change is: same class, new fields; or another class altogether."""
    target.__class__ = change.__class__
    keep = {name: getattr(target, name) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset") if hasattr(target, name)}
    target.__dict__.clear()
    target.__dict__.update({**change.__dict__, **keep})


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """The name of the operator and what stands in the node's place."""
    if isinstance(node, ast.Compare):
        for position, operation in enumerate(node.ops):
            for other in COMPARISONS[type(operation)]:
                operations = [*node.ops[:position], other(), *node.ops[position + 1 :]]
                yield "comparison", ast.Compare(left=node.left, ops=operations, comparators=node.comparators)
    elif isinstance(node, ast.BinOp):
        for operation in ARITHMETIC.get(type(node.op), ()):
            yield "arithmetic", ast.BinOp(left=node.left, op=operation(), right=node.right)
    elif isinstance(node, ast.Constant):
        yield from _constants(node.value)
    elif isinstance(node, ast.Call):
        yield from _called(node)
    elif isinstance(node, ast.Return):
        yield "return", ast.Return(value=ast.Constant(value=None))
    else:
        yield from _boolean(node)


def _boolean(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.BoolOp):
        yield "boolean", ast.BoolOp(op=ast.Or() if isinstance(node.op, ast.And) else ast.And(), values=node.values)
    elif isinstance(node, ast.UnaryOp):
        yield from _without_sign(node)
    elif isinstance(node, ast.If):
        yield "boolean", ast.If(test=_negated(node.test), body=node.body, orelse=node.orelse)
    elif isinstance(node, ast.IfExp):
        yield "boolean", ast.IfExp(test=_negated(node.test), body=node.body, orelse=node.orelse)


def _negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(op=ast.Not(), operand=test)


def _without_sign(node: ast.UnaryOp) -> Iterator[tuple[str, ast.AST]]:
    operator = "boolean" if isinstance(node.op, ast.Not) else "arithmetic"
    if isinstance(node.op, ast.Not | ast.USub | ast.Invert):
        yield operator, node.operand


def _constants(value: object) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(value, bool):
        yield "constant", ast.Constant(value=not value)
    elif isinstance(value, int):
        yield "constant", ast.Constant(value=value + 1)
    elif isinstance(value, float):
        yield "constant", ast.Constant(value=value * 1.01 if value else 0.01)
    elif isinstance(value, str):
        yield "constant", ast.Constant(value=f"{value}?")


def _called(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name in FUNCTIONS:
        function = copy.deepcopy(node.func)
        if isinstance(function, ast.Name):
            function.id = FUNCTIONS[name]
        elif isinstance(function, ast.Attribute):
            function.attr = FUNCTIONS[name]
        yield "function", ast.Call(func=function, args=node.args, keywords=node.keywords)
