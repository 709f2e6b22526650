using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flotilla.Inspection.CSharp.Frameworks;

/// <summary>What analysers falsely report in which framework.</summary>
/// <remarks>
/// Rules are about what a framework does behind the compiler's back: it creates types, sets properties, calls members by
/// convention, and runs code without a synchronization context. Each is as narrow as its place can be told.
/// </remarks>
internal static class FrameworkRules
{
    private static readonly string[] ConfigureAwait = ["CA2007", "MA0004", "RCS1090", "S3216", "VSTHRD111"];
    private static readonly string[] MakeStatic = ["CA1822", "MA0038", "MA0041", "S2325"];
    private static readonly string[] Unused = ["IDE0051", "IDE0052", "CA1823", "RCS1213", "S1144", "CS0169", "CS0414", "CS0649"];
    private static readonly string[] NeverCreated = ["CA1812", "MA0182"];
    private static readonly string[] Collections = ["CA2227", "CA1002", "MA0016", "S4004"];

    /// <summary>All rules, by framework.</summary>
    public static IReadOnlyList<FrameworkRule> All { get; } =
    [
        .. Tests("xunit", "Xunit", "Xunit.IAsyncLifetime sets the members before a test runs."),
        .. Tests("nunit", "NUnit.Framework", "A method with [SetUp] sets the member before a test runs."),
        .. Tests("mstest", "Microsoft.VisualStudio.TestTools.UnitTesting", "A method with [TestInitialize] sets the member before a test runs."),

        new("aspnetcore", ConfigureAwait, _ => true, "ASP.NET Core has no synchronization context."),
        new("aspnetcore", MakeStatic, place => IsAction(place) || IsStartup(place), "ASP.NET Core calls actions and Startup's methods on an instance."),
        new("aspnetcore", Unused, IsStartup, "ASP.NET Core calls Startup's methods by their names."),
        new("aspnetcore", ["CA1062"], IsAction, "ASP.NET Core binds an action's parameters and rejects what does not bind."),
        new("aspnetcore", ["CA1515"], place => IsController(place) || place.TypeIs("Microsoft.AspNetCore", "*"), "ASP.NET Core finds public types only."),
        new("aspnetcore", NeverCreated, place => IsController(place) || IsGiven(place), "The container creates the type."),
        new("aspnetcore", ["CS8618", "CA1056", .. Collections], IsOptions, "Configuration is bound to the properties."),

        new("blazor", Unused, IsComponent, "The component's markup may use the member."),
        new("blazor", ConfigureAwait, IsComponent, "A component must stay on its renderer's context."),
        new("blazor", ["CS8618"], place => IsComponent(place) && HasAttribute(place.Member, "Microsoft.AspNetCore.Components"), "The renderer sets parameters and injected services."),

        new("efcore", ["CS8618"], place => place.TypeIs("Microsoft.EntityFrameworkCore", "DbContext") && IsOfType(place.Member, "DbSet"), "DbContext's constructor sets its sets."),
        new("efcore", ["CS8618", .. Collections], IsEntity, "Entity Framework sets an entity's properties."),
        new("efcore", [.. Unused, "RCS1170"], place => IsEntity(place) && IsPrivatePart(place), "Entity Framework uses an entity's private constructor and setters."),
        new("efcore", ["S3453"], IsEntity, "Entity Framework uses an entity's private constructor."),
        new("efcore", NeverCreated, place => IsEntity(place) || place.TypeIs("Microsoft.EntityFrameworkCore", "IEntityTypeConfiguration"), "Entity Framework creates the type."),

        new("hosting", NeverCreated, place => place.TypeIs("Microsoft.Extensions.Hosting", "IHostedService") || IsGiven(place), "The container creates the type."),
        new("hosting", ConfigureAwait, place => place.TypeIs("Microsoft.Extensions.Hosting", "IHostedService"), "A hosted service runs without a synchronization context."),
        new("hosting", ["CS8618", .. Collections], IsOptions, "Configuration is bound to the properties."),
        new("aspnetcore", NeverCreated, place => place.TypeIs("Microsoft.Extensions.Hosting", "IHostedService"), "The container creates the type."),

        new("mediatr", [.. NeverCreated, "S1144"], place => place.Types.Any(type => CodePlace.Derives(type, "MediatR", "*")), "MediatR finds handlers by reflection."),

        new(KnownFrameworks.Generators, [.. MakeStatic, .. Unused, "RCS1163"], IsFilledIn, "A source generator writes the member's body."),
        new(KnownFrameworks.Generators, NeverCreated, place => place.TypeIs("System.Text.Json.Serialization", "JsonSerializerContext"), "Generated code creates the type."),
    ];

    private static IEnumerable<FrameworkRule> Tests(string framework, string space, string setUp)
    {
        bool IsTest(ISymbol? member) => HasAttribute(member, space);
        bool IsTestClass(CodePlace place) => place.Types.Any(type => HasAttribute(type, space) || HasTests(type, space) || CodePlace.Derives(type, space, "*"));
        yield return new(framework, ["CA1707", "VSTHRD200", "SA1300", "S100", "S101"], place => IsTest(place.Member) || (place.Member is INamedTypeSymbol && IsTestClass(place)), "A test's name is a sentence.");
        yield return new(framework, MakeStatic, place => IsTest(place.Member), "The runner calls tests on an instance.");
        yield return new(framework, ConfigureAwait, IsTestClass, "Tests run on the runner's context or on none.");
        yield return new(framework, ["CA1515", .. NeverCreated, "CA1052", "S1118"], IsTestClass, "The runner finds public classes only, and creates them.");
        yield return new(framework, ["CS8618"], place => IsTestClass(place) && IsSetBefore(place, space), setUp);
    }

    private static bool HasTests(INamedTypeSymbol type, string space)
    {
        for (var own = type; own is not null && own.SpecialType == SpecialType.None; own = own.BaseType)
            if (own.GetMembers().OfType<IMethodSymbol>().Any(method => HasAttribute(method, space))) return true;
        return false;
    }

    // Attributes of users' own that derive from a framework's count too.
    private static bool HasAttribute(ISymbol? symbol, string space) => symbol is not null && symbol.GetAttributes().Any(attribute =>
        attribute.AttributeClass is { } type && (CodePlace.Is(type, space, "*") || CodePlace.Derives(type, space, "*")));

    private static bool IsSetBefore(CodePlace place, string space)
    {
        if (place.Type is not { } type) return false;
        if (CodePlace.Derives(type, space, "IAsyncLifetime")) return true;
        if (place.Node.FirstAncestorOrSelf<MemberDeclarationSyntax>(node => node is PropertyDeclarationSyntax or FieldDeclarationSyntax) is null && place.Member is not IMethodSymbol) return false;
        return type.GetMembers().OfType<IMethodSymbol>().Any(method => method.GetAttributes().Any(attribute =>
            attribute.AttributeClass is { Name: "SetUpAttribute" or "OneTimeSetUpAttribute" or "TestInitializeAttribute" or "ClassInitializeAttribute" } known && CodePlace.Is(known, space, "*"))
            && Assigns(method, place.Member));
    }

    private static bool Assigns(IMethodSymbol method, ISymbol? member) => method.DeclaringSyntaxReferences
        .SelectMany(reference => reference.GetSyntax().DescendantNodes().OfType<AssignmentExpressionSyntax>())
        .Any(assignment => member is IMethodSymbol || assignment.Left.ToString().Split('.')[^1] == member?.Name);

    private static bool IsController(CodePlace place) =>
        place.TypeIs("Microsoft.AspNetCore.Mvc", "ControllerBase") || (place.Type is { } type && (type.Name.EndsWith("Controller", StringComparison.Ordinal) || HasAttribute(type, "Microsoft.AspNetCore.Mvc")));

    private static bool IsAction(CodePlace place) => IsController(place) && place.Member is IMethodSymbol { DeclaredAccessibility: Accessibility.Public };

    private static bool IsStartup(CodePlace place) =>
        place.Type?.Name is { } name && name.StartsWith("Startup", StringComparison.Ordinal) && place.Member is IMethodSymbol method && method.Name.StartsWith("Configure", StringComparison.Ordinal);

    private static bool IsGiven(CodePlace place) => place.Type is { } type && place.Facts.TypeArguments.Contains(type.Name);

    private static bool IsOptions(CodePlace place) => place.Type is { } type
        && (place.Facts.BoundTypes.Contains(type.Name) || type.Name.EndsWith("Options", StringComparison.Ordinal) || type.Name.EndsWith("Settings", StringComparison.Ordinal));

    private static bool IsComponent(CodePlace place) => place.TypeIs("Microsoft.AspNetCore.Components", "ComponentBase");

    private static bool IsEntity(CodePlace place) => place.Type is { } type && place.Facts.EntityTypes.Contains(type.Name);

    private static bool IsPrivatePart(CodePlace place) =>
        place.Member is IMethodSymbol { MethodKind: MethodKind.Constructor } or IPropertySymbol || place.Node is AccessorDeclarationSyntax;

    private static bool IsOfType(ISymbol? member, string name) => member switch
    {
        IPropertySymbol property => property.Type.Name == name,
        IFieldSymbol field => field.Type.Name == name,
        // The compiler reports an explicit constructor for the members that it leaves unset.
        IMethodSymbol { MethodKind: MethodKind.Constructor } => true,
        _ => false,
    };

    private static bool IsFilledIn(CodePlace place) => place.Member switch
    {
        IMethodSymbol { IsPartialDefinition: true } => true,
        IPropertySymbol { IsPartialDefinition: true } => true,
        _ => false,
    };
}
