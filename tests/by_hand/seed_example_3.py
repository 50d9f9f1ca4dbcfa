"""The seed's example 3, word for word; added are `import telling` and, at the end, its two calls."""

# fmt: off
# ruff: noqa
# mypy: ignore-errors
import telling

import tensorflow as tf
from tensorflow import keras

# Custom Layer Definition (Saving)
class MyCustomLayer(keras.layers.Layer):
    def __init__(self, units=32, **kwargs):
        super(MyCustomLayer, self).__init__(**kwargs)
        self.units = units

    def call(self, inputs):
        return tf.math.sin(inputs)

# Model Saving
model_save = keras.Sequential([
    MyCustomLayer(units=32, name='custom_layer'),
    keras.layers.Dense(10, activation='softmax')
])
model_save.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
model_save.save('model_save.hdf5')

# Incorrect Custom Layer Definition (Loading) - Modified activation
class MyCustomLayer(keras.layers.Layer): #Same name, different implementation!
    def __init__(self, units=32, **kwargs):
        super(MyCustomLayer, self).__init__(**kwargs)
        self.units = units

    def call(self, inputs):
        return tf.math.cos(inputs) # Changed activation function

model_load = keras.Sequential([
    MyCustomLayer(units=32, name='custom_layer'),
    keras.layers.Dense(10, activation='softmax')
])
try:
    model_load.load_weights('model_save.hdf5')
except Exception as e:
    print(f"Error loading weights: {e}") #This will probably not raise a helpful error
    telling.error(e)
else:
    telling.predictions(model_save, model_load)
