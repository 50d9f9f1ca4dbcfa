"""The seed's example 2, word for word; added are `import telling` and, at the end, its two calls."""

# fmt: off
# ruff: noqa
# mypy: ignore-errors
import telling

import tensorflow as tf
from tensorflow import keras

# Model Saving
model_save = keras.Sequential([
    keras.layers.Dense(64, activation='relu', input_shape=(10,)),
    keras.layers.Dense(32, activation='relu'),
    keras.layers.Dense(10, activation='softmax')
])
model_save.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
model_save.save('model_save.hdf5')


# Incorrect Model Loading - Layer Removed
model_load = keras.Sequential([
    keras.layers.Dense(64, activation='relu', input_shape=(10,)),
    keras.layers.Dense(10, activation='softmax')
])

try:
    model_load.load_weights('model_save.hdf5')
except Exception as e:
    print(f"Error loading weights: {e}") #This will raise a ValueError
    telling.error(e)
else:
    telling.predictions(model_save, model_load)
