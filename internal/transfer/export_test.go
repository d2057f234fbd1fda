package transfer

// For the tests of this folder.
var SetFlow = setFlow

const Product = product
