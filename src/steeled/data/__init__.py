"""Reading tables, arrays, images and text; inferring and declaring what an input may be."""
