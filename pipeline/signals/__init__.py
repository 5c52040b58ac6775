"""What is measured and never changed: language, evidence of machine translation, quality."""
