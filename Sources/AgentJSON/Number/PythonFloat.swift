extension Double {
    /// The text that Python's `repr` gives a finite double.
    ///
    /// Python and Swift print the same digits, the fewest that read back as the same double, and change to an
    /// exponent below 0.0001. Upwards, Swift changes above 2^53 and Python at 1e16: in between are only whole
    /// numbers, and all their digits count.
    var pythonDescription: String {
        magnitude > 0x1p53 && magnitude < 1e16 ? "\(Int64(self)).0" : description
    }
}
