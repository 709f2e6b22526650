namespace Flotilla.Inspection.Profiles;

/// <summary>
/// The profiles of the levels of strictness, each upon the stricter one. What they say to Python's tools is what Prospector's
/// say; the tools that Prospector has not are set by severity, in their own words.
/// </summary>
internal static class BuiltInStrictness
{
    public const string None = "allow-shorthand: false\n";

    public const string VeryHigh =
        """
        allow-shorthand: false
        ignore-patterns: ['(^|/)\..+']
        pylint:
          disable: [fixme, bad-continuation]
          options:
            max-locals: 15
            max-returns: 6
            max-branches: 12
            max-statements: 50
            max-parents: 7
            max-attributes: 7
            min-public-methods: 2
            max-public-methods: 20
            max-module-lines: 1000
            max-line-length: 79
        mccabe: { options: { max-complexity: 10 } }
        pycodestyle: { options: { max-line-length: 79, single-line-if-stmt: 'n' } }
        pyroma: { disable: [PYR16, PYR19] }
        pydocstyle: { disable: [D000] }
        mypy: { options: { strict: true } }
        bandit: { options: { severity: 0, confidence: 0 } }
        roslyn: { options: { minimum-severity: note } }
        shellcheck: { options: { severity: style } }
        yamllint: { options: { preset: default, level: warning } }
        dockerfile: { options: { severity: style } }
        """;

    public const string High =
        """
        allow-shorthand: false
        inherits: [strictness_veryhigh]
        ignore-patterns: ['^setup.py$']
        pylint:
          disable:
            - trailing-whitespace
            - missing-final-newline
            - too-few-public-methods
            - too-many-public-methods
            - deprecated-lambda
            - bad-builtin
            - star-args
            - global-statement
            - assignment-from-none
            - unused-format-string-key
            - W5103
          options:
            max-locals: 15
            max-returns: 6
            max-branches: 15
            max-statements: 60
            min-public-methods: 1
            max-public-methods: 20
            max-line-length: 99
        pycodestyle:
          disable: [E265, E266, E304, N811, N812, N813, N814, W291, W292, W391]
          options: { max-line-length: 99 }
        pyroma: { disable: [PYR15, PYR17, PYR18] }
        pydocstyle: { disable: [D400, D401] }
        mypy: { options: { strict: false, ignore-missing-imports: true, follow-imports: skip, disallow-untyped-defs: true } }
        bandit: { options: { severity: 0, confidence: 1 } }
        shellcheck: { options: { severity: info } }
        dockerfile: { options: { severity: info } }
        """;

    public const string Medium =
        """
        allow-shorthand: false
        inherits: [strictness_high]
        pylint:
          disable:
            - C0322
            - C0323
            - C0324
            - E1103
            - I0014
            - W0701
            - W0713
            - abstract-class-little-used
            - abstract-method
            - anomalous-backslash-in-string
            - attribute-defined-outside-init
            - bad-classmethod-argument
            - bad-continuation
            - bad-mcs-classmethod-argument
            - bad-mcs-method-argument
            - bad-whitespace
            - broad-exception-caught
            - exec-used
            - global-variable-undefined
            - invalid-name
            - multiple-statements
            - no-init
            - no-self-argument
            - no-self-use
            - pointless-except
            - property-on-old-class
            - redefined-outer-name
            - relative-import
            - super-init-not-called
            - superfluous-parens
            - too-many-ancestors
            - too-many-instance-attributes
            - too-many-lines
            - too-many-return-statements
            - ungrouped-imports
            - unnecessary-semicolon
            - wildcard-import
            - wrong-import-order
          options: { max-line-length: 159 }
        mccabe: { options: { max-complexity: 15 } }
        pyflakes: { disable: [F403, F810] }
        pycodestyle:
          disable: [
            E111, E121, E122, E123, E124, E125, E126, E127, E128, E133, E201, E202, E203, E211, E221, E222, E223, E224, E225, E226,
            E227, E228, E231, E241, E242, E251, E261, E262, E271, E272, E273, E274, E301, E302, E303, E401, E402, E502, E701, E702,
            E703, E731, N801, N802, N803, N804, N805, N806, W191, W293]
          options: { max-line-length: 159 }
        pyroma: { disable: [PYR04] }
        pydocstyle: { disable: [D100, D101, D102, D103] }
        mypy: { options: { disallow-untyped-defs: false } }
        bandit: { options: { severity: 1, confidence: 1 } }
        roslyn: { options: { minimum-severity: warning } }
        shellcheck: { options: { severity: warning } }
        yamllint: { options: { preset: relaxed } }
        dockerfile: { options: { severity: warning } }
        """;

    public const string Low =
        """
        allow-shorthand: false
        inherits: [strictness_medium]
        pylint:
          disable:
            - E1103
            - R0924
            - W5101
            - anomalous-unicode-escape-in-string
            - bad-format-string-key
            - bad-staticmethod-argument
            - bare-except
            - deprecated-module
            - disallowed-name
            - duplicate-code
            - duplicate-key
            - eval-used
            - global-variable-not-assigned
            - line-too-long
            - logging-not-lazy
            - lost-exception
            - lowercase-l-suffix
            - missing-docstring
            - protected-access
            - redefine-in-handler
            - redefined-builtin
            - signature-differs
            - too-many-arguments
            - too-many-branches
            - too-many-locals
            - too-many-statements
            - unnecessary-lambda
            - unnecessary-pass
            - unused-argument
            - unused-import
            - unused-variable
            - unused-wildcard-import
        pyflakes: { disable: [F401, F841] }
        pycodestyle: { disable: [E501, E711, E712, E721, W503] }
        pyroma: { disable: [PYR06, PYR09] }
        pydocstyle: { run: false }
        bandit: { options: { severity: 1, confidence: 2 } }
        yamllint: { options: { level: error } }
        """;

    public const string VeryLow =
        """
        allow-shorthand: false
        inherits: [strictness_low]
        pylint:
          disable:
            - W0121
            - W0331
            - W0333
            - W0712
            - abstract-class-not-used
            - arguments-differ
            - assert-on-tuple
            - assignment-from-no-return
            - attribute-defined-outside-init
            - empty-docstring
            - expression-not-assigned
            - global-at-module-level
            - interface-not-implemented
            - missing-module-attribute
            - mixed-format-string
            - no-member
            - non-iterator-returned
            - nonstandard-exception
            - not-callable
            - notimplemented-raised
            - old-style-class
            - pointless-statement
            - pointless-string-statement
            - reimported
            - super-on-old-class
            - unbalanced-tuple-unpacking
        mccabe: { options: { max-complexity: 25 } }
        pycodestyle: { disable: [W293, W601, W602, W603, W604] }
        bandit: { options: { severity: 2, confidence: 2 } }
        roslyn: { options: { minimum-severity: error } }
        shellcheck: { options: { severity: error } }
        dockerfile: { options: { severity: error } }
        """;
}
