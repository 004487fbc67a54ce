"""Kernels: a method's own step traced to a program and compiled to machine code with LLVM."""
