"""The bundled example: German credit data, what an applicant can change, and a script that trains a model on it."""
