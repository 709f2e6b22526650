namespace Flotilla.MessagePack;

/// <summary>The kinds of value that MessagePack knows, whatever length form each is written in.</summary>
public enum MessagePackType
{
    /// <summary>No value.</summary>
    Nil,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number from −2⁶³ to 2⁶⁴−1.</summary>
    Integer,

    /// <summary>A number of IEEE 754 with 32 or 64 bits.</summary>
    Float,

    /// <summary>Text in UTF-8.</summary>
    String,

    /// <summary>Bytes.</summary>
    Binary,

    /// <summary>Values one after the other.</summary>
    Array,

    /// <summary>Pairs of values one after the other.</summary>
    Map,

    /// <summary>Bytes with a type of the application's, or of the specification's when it is below zero.</summary>
    Extension,
}
