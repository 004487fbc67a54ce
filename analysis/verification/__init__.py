"""The standalone verifier of certificates, from the standard library alone.

`verifier.verify` reads a file, checks the proof in it and returns the statement that it proves.
It knows nothing of flows, methods and classes by name, and nothing of how proofs are found: the
equations and the inequalities of the class stand in the file and in the statement.

A file is a JSON object, format ``saddleode certificate 2``. Formulas are text: whole numbers,
declared names, ``+ - * / **`` and brackets. A vector is an object ``{generator: formula}``, a form
is a list of rows ``[generator, generator, formula]``, in alphabetical order, for the products in
it.

============== ==================================================================================
entry          meaning
============== ==================================================================================
format         ``saddleode certificate 2``
statement      the statement, as `statement.statement` makes it of the other entries
names          for `read_certificate`, which makes the claim again from names and compares
ranges         relations of the region: ``"t > 0"``, ``"gamma >= 1"``, ``"alpha < 2*beta"``
point          a point strictly inside the region, name by name
operator       ``zero``, ``along``, ``two points``: name -> form that is >= 0, in the differences
               Δz, Δg of two points of the graph, the second being (z, g) or a zero (z*, 0), and
               along a trajectory in ż, ġ; ``equalities``: names of those that are = 0
flow           Z (and Y, a moving anchor) -> its derivative, a vector over Z, Z0, Y, z*, G, Ġ
method         label of a point (``k-1``, ``k``, ``k+1/2``, ``k+1``, ``k+3/2``) -> z^{label}, a
               vector over z^{k}, z^{k-1}, z^{0}, z* and the values g^{label} of the operator
V, rate,       the claim ``dV/dt <= -rate V`` or ``V_{k+1} - V_k <= -rate V``, and the change of V
change
form, assuming in place of these: the claim that a form is >= 0 if others are, name -> form
multipliers    name of an inequality, ``MON(Z,*)``, ``MON'(Z,*)`` (along), ``LIP(k,k-1)`` or of an
               assumption -> its multiplier
squares        list of ``{"coefficient": formula, "vector": vector}``
facts          relation -> ``{"times": term, "terms": [term, …]}``: p · times ≡ Σ terms. A term is
               ``[number, {relation: power, …}, polynomial]``: number · Π p^power · polynomial²,
               of relations of the region and facts above. In place of it, text says what the
               relation rests on that is not checked here
denominators   polynomial -> term of strict relations that is its square
signs          multiplier or coefficient -> ``{"times": polynomial, "term": term}``:
               value · times² ≡ term
============== ==================================================================================

What is checked: every denominator of the claim, every sign, and
``target ≡ Σ multiplier · inequality + Σ coefficient · ‖vector‖²``, where the target is the form
or minus the change of V minus rate · V. It needs no dimension: it holds in every Hilbert space.
"""
